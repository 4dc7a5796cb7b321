using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Harbor.Server.DevCenter;

/// <summary>The page that shows the management API and lets a person try it: <c>/devcenter-api-2.0</c>, where Harbor has it.</summary>
/// <remarks>It is made in the browser from the API's own description, and needs nothing from elsewhere.</remarks>
internal static class DevCenter
{
    private const string Path = "/devcenter-api-2.0";
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void MapDevCenter(this IEndpointRouteBuilder routes)
    {
        Serve(routes, "", "index.html", "text/html; charset=utf-8");
        Serve(routes, "/explorer.js", "explorer.js", "text/javascript; charset=utf-8");
        Serve(routes, "/explorer.css", "explorer.css", "text/css; charset=utf-8");
    }

    private static void Serve(IEndpointRouteBuilder routes, string path, string file, string type)
    {
        var text = Read(file);
        routes.MapGet(Path + path, ContentHttpResult (HttpContext context) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = Policy;
            headers["Referrer-Policy"] = "no-referrer";
            headers.CacheControl = "no-cache";
            return TypedResults.Text(text, type);
        });
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(DevCenter).Assembly.GetManifestResourceStream($"{typeof(DevCenter).Namespace}.{name}")!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
