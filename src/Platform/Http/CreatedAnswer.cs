using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Harbor.Platform.Http;

/// <summary>Answers 201 without a body. <c>Location</c> is the path of the request with the new thing's key after it: clients read their id from there.</summary>
/// <param name="key">Id, or the name where Harbor puts a name there.</param>
public sealed class CreatedAnswer(string key) : IResult, IEndpointMetadataProvider
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status201Created;
        httpContext.Response.Headers.Location = $"{httpContext.Request.Path.ToUriComponent().TrimEnd('/')}/{Uri.EscapeDataString(key)}";
        return Task.CompletedTask;
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status201Created));
}
