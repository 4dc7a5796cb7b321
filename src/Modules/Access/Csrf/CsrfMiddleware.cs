using Harbor.Oci;
using Harbor.Platform.Settings;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Access.Csrf;

/// <summary>Refuses what another site's page makes a signed-in browser send.</summary>
/// <remarks>
/// A client without the cookie <c>sid</c> has nothing that could be abused and is left alone, but under <c>/c</c>, where sessions begin.
/// A client that keeps cookies must send the token back, even one that also sends Basic credentials.
/// </remarks>
internal sealed class CsrfMiddleware(RequestDelegate next, CsrfTokens tokens, HarborOptions options)
{
    public const string CookieName = "_gorilla_csrf";
    public const string Header = "X-Harbor-CSRF-Token";

    private const string FormField = "gorilla.csrf.Token";

    public async Task InvokeAsync(HttpContext http)
    {
        var isPortal = Under(http, "/c");
        var isApi = Under(http, "/api");
        if (isPortal || isApi)
        {
            OfferSession(http);
        }

        if (isPortal || (SessionCookie.Find(http.Request) is not null && (isApi || Under(http, "/v2") || Under(http, "/service"))))
        {
            var secret = FindSecret(http);
            http.Response.Headers[Header] = CsrfTokens.Mask(secret);
            http.Response.Headers.Append("Vary", "Cookie");
            if (!IsSafe(http.Request.Method))
            {
                Check(await FindTokenAsync(http, mayHaveForm: isPortal || isApi), secret);
            }
        }

        await next(http);
    }

    private static void Check(string? token, byte[] secret)
    {
        if (string.IsNullOrEmpty(token))
        {
            throw new RegistryException(ErrorCode.Forbidden, "CSRF token not found in request");
        }

        if (!CsrfTokens.Matches(token, secret))
        {
            throw new RegistryException(ErrorCode.Forbidden, "CSRF token invalid");
        }
    }

    // A browser that is about to sign in or register needs the mark; a program that sends credentials does not, and stays free of CSRF.
    private static void OfferSession(HttpContext http)
    {
        if (SessionCookie.Find(http.Request) is null && http.Request.Headers.Authorization.Count == 0)
        {
            SessionCookie.Issue(http);
        }
    }

    private byte[] FindSecret(HttpContext http)
    {
        if (tokens.ReadCookie(http.Request.Cookies[CookieName]) is { } known)
        {
            return known;
        }

        var secret = CsrfTokens.NewSecret();
        http.Response.Cookies.Append(CookieName, tokens.WriteCookie(secret), new CookieOptions
        {
            Path = "/",
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            MaxAge = CsrfTokens.Lifetime,
            Secure = options.ExternalUrl is { } url ? url.Scheme != Uri.UriSchemeHttp : http.Request.IsHttps,
        });
        return secret;
    }

    /// <param name="mayHaveForm">Not under <c>/v2</c>: a layer's bytes are not to be read as a form, whatever its type says.</param>
    private static async ValueTask<string?> FindTokenAsync(HttpContext http, bool mayHaveForm)
    {
        var sent = http.Request.Headers[Header].ToString();
        return sent.Length > 0 || !mayHaveForm ? sent : (await Forms.ReadAsync(http, http.RequestAborted))[FormField];
    }

    private static bool IsSafe(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    private static bool Under(HttpContext http, string root) => http.Request.Path.StartsWithSegments(root, StringComparison.OrdinalIgnoreCase);
}
