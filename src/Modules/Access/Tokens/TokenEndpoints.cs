using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Access.Tokens;

/// <summary>The registry's token service, where docker and its kin trade credentials for a bearer token.</summary>
internal static class TokenEndpoints
{
    private const int MaxScopes = 200;

    // Only GET: containerd tries POST first and takes the 405 for an answer.
    public static void MapTokens(this IEndpointRouteBuilder routes) => routes.MapGet("/service/token", IssueAsync).AllowAnyone();

    private static async Task IssueAsync(HttpContext http, SecurityContext caller, TokenIssuer issuer, CancellationToken ct)
    {
        var query = http.Request.Query;
        var service = query["service"] is [var first, ..] ? first : null;
        if (service != TokenClaims.Audience)
        {
            await RefuseAsync(http, $"Unable to handle service: {WebUtility.HtmlEncode(service)}", ct);
            return;
        }

        // "scope=" asks for nothing, but it asks: only a caller who asks for nothing at all must say who he is.
        if (!caller.IsAuthenticated && !query.ContainsKey("scope"))
        {
            // Empty, so that docker fills in its own words, which scripts look for.
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var scopes = query["scope"].SelectMany(value => (value ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        if (scopes.Count > MaxScopes)
        {
            await RefuseAsync(http, $"Unable to handle more than {MaxScopes} scopes", ct);
            return;
        }

        await WriteAsync(http, await issuer.IssueAsync(caller, scopes, ct));
    }

    private static Task RefuseAsync(HttpContext http, string text, CancellationToken ct)
    {
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return http.Response.WriteAsync(text, ct);
    }

    private static async Task WriteAsync(HttpContext http, IssuedToken token)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("token", token.Text);
        json.WriteString("access_token", "");
        json.WriteNumber("expires_in", (long)token.Lifetime.TotalSeconds);
        json.WriteString("issued_at", token.IssuedAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }
}
