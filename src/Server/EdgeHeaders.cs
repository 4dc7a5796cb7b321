using Microsoft.Net.Http.Headers;

namespace Harbor.Server;

/// <summary>What a browser is told about every answer: the headers that Harbor's proxy adds.</summary>
internal static class EdgeHeaders
{
    private const string OneYear = "max-age=31536000";

    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        // Not on the OCI API: its clients are no browsers, and a pull is the hot path.
        if (!context.Request.Path.StartsWithSegments("/v2"))
        {
            var headers = context.Response.Headers;
            headers[HeaderNames.XFrameOptions] = "DENY";
            headers.ContentSecurityPolicy = "frame-ancestors 'none'";
            headers.XContentTypeOptions = "nosniff";
            if (context.Request.IsHttps)
            {
                headers.StrictTransportSecurity = OneYear;
            }
        }

        return next(context);
    }
}
