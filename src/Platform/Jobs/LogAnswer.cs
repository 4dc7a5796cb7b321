using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Harbor.Platform.Jobs;

/// <summary>Answers 200 with what a task has told so far, as plain text, piece by piece.</summary>
public sealed class LogAnswer(ExecutionListing executions, long taskId) : IResult, IEndpointMetadataProvider
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "text/plain; charset=utf-8";
        await foreach (var piece in executions.ReadLogAsync(taskId, httpContext.RequestAborted))
        {
            await httpContext.Response.WriteAsync(piece, Encoding.UTF8, httpContext.RequestAborted);
        }
    }

    static void IEndpointMetadataProvider.PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), ["text/plain"]));
}
