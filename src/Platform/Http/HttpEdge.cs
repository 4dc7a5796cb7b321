using Microsoft.AspNetCore.Builder;

namespace Harbor.Platform.Http;

public static class HttpEdge
{
    /// <summary>The outermost steps of every request: its id, the error envelope, a clean path and query. Comes before routing.</summary>
    public static IApplicationBuilder UseHttpEdge(this IApplicationBuilder app) => app
        .Use(RequestId.InvokeAsync)
        .UseMiddleware<ErrorEnvelopeMiddleware>()
        .Use(RequestTarget.InvokeAsync);
}
