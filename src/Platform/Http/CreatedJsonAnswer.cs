using System.Reflection;
using Harbor.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Harbor.Platform.Http;

/// <summary>Answers 201 with <c>Location</c>, as <see cref="CreatedAnswer"/> does, and a body: for what is told only once.</summary>
public sealed class CreatedJsonAnswer<T>(string key, T value) : IResult, IEndpointMetadataProvider
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await new CreatedAnswer(key).ExecuteAsync(httpContext);
        await JsonAnswer.WriteAsync(httpContext, value, HarborJson.TypeInfo<T>());
    }

    static void IEndpointMetadataProvider.PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status201Created, typeof(T), [JsonAnswer.ContentType]));
}
