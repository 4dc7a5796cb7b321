using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Harbor.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Harbor.Platform.Http;

/// <summary>Answers 200 with a contract type as JSON.</summary>
public sealed class JsonAnswer<T>(T value) : IResult, IEndpointMetadataProvider
{
    public Task ExecuteAsync(HttpContext httpContext) => JsonAnswer.WriteAsync(httpContext, value, HarborJson.TypeInfo<T>());

    static void IEndpointMetadataProvider.PopulateMetadata(MethodInfo method, EndpointBuilder builder) => JsonAnswer.Describe<T>(builder);
}

public static class JsonAnswer
{
    public const string ContentType = "application/json";

    public static JsonAnswer<T> Of<T>(T value) => new(value);

    internal static Task WriteAsync<T>(HttpContext http, T value, JsonTypeInfo<T> type)
    {
        http.Response.ContentType = ContentType;
        return JsonSerializer.SerializeAsync(http.Response.BodyWriter, value, type, http.RequestAborted);
    }

    internal static void Describe<T>(EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), [ContentType]));
}
