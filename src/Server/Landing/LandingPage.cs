using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using Harbor.Platform.Settings;

namespace Harbor.Server.Landing;

/// <summary>What a person sees who opens the registry's address in a browser.</summary>
internal static class LandingPage
{
    private const string Html = "text/html; charset=utf-8";
    private const string Policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string Index = Read("index.html");
    private static readonly string NotFound = Read("not-found.html");
    private static readonly string Style = Read("landing.css");

    // docker calls other registries than these only by TLS, unless it is told.
    private const string PlainHttpNote = """
        <p>It is reached by plain HTTP: docker needs <code>"insecure-registries": ["{{address}}"]</code> in its <code>daemon.json</code>,
        podman and skopeo <code>--tls-verify=false</code>.</p>
        """;

    public static void MapLandingPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", Show);
        routes.MapGet("/landing.css", (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "public, max-age=3600";
            return TypedResults.Text(Style, "text/css; charset=utf-8");
        });
    }

    /// <summary>Gives a page to a miss outside the APIs, which say it in their own ways.</summary>
    public static async Task DescribeMissAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response is { StatusCode: StatusCodes.Status404NotFound, HasStarted: false, ContentType: null, ContentLength: null } && !IsApi(context.Request.Path))
        {
            Protect(context.Response);
            context.Response.ContentType = Html;
            context.Response.ContentLength = Encoding.UTF8.GetByteCount(NotFound);
            if (!HttpMethods.IsHead(context.Request.Method))
            {
                await context.Response.WriteAsync(NotFound, CancellationToken.None);
            }
        }
    }

    private static Microsoft.AspNetCore.Http.HttpResults.ContentHttpResult Show(HttpContext context, HarborOptions options)
    {
        var scheme = options.ExternalUrl?.Scheme ?? context.Request.Scheme;
        var host = options.ExternalUrl is { } url ? new HostString(url.Authority) : context.Request.Host;
        var plain = scheme == Uri.UriSchemeHttp && !IsLoopback(host) ? PlainHttpNote : "";
        var page = Index.Replace("{{plain}}", plain, StringComparison.Ordinal)
            .Replace("{{address}}", HtmlEncoder.Default.Encode(host.ToUriComponent()), StringComparison.Ordinal);
        Protect(context.Response);

        // The page names the address that this browser used.
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Text(page, Html);
    }

    private static void Protect(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers["Referrer-Policy"] = "no-referrer";
    }

    private static bool IsLoopback(HostString host) => host.Host == "localhost" || (IPAddress.TryParse(host.Host, out var address) && IPAddress.IsLoopback(address));

    private static bool IsApi(PathString path) =>
        path.StartsWithSegments("/api") || path.StartsWithSegments("/v2") || path.StartsWithSegments("/service") || path.StartsWithSegments("/c");

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(LandingPage).Assembly.GetManifestResourceStream($"{typeof(LandingPage).Namespace}.{name}")!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
