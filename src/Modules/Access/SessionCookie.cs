using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Access;

/// <summary>The cookie <c>sid</c> that marks a browser. Whether a session stands behind it only the database knows.</summary>
public static class SessionCookie
{
    public const string Name = "sid";

    /// <summary>A request header, of any value: this request is the portal's own polling and keeps no session alive.</summary>
    public const string NoRenewalHeader = "X-Harbor-No-Session-Renewal";

    private const int Bytes = 32;

    /// <summary>Its value; null when the request has none.</summary>
    public static string? Find(HttpRequest request) => request.Cookies.TryGetValue(Name, out var value) && value.Length > 0 ? value : null;

    /// <summary>Gives the browser a new value that nobody can guess, and answers it.</summary>
    public static string Issue(HttpContext http)
    {
        var value = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
        TakeBack(http);
        http.Response.Cookies.Append(Name, value, Options(http));
        return value;
    }

    public static void Remove(HttpContext http)
    {
        TakeBack(http);
        http.Response.Cookies.Delete(Name, Options(http));
    }

    // An answer must not set one cookie twice.
    private static void TakeBack(HttpContext http)
    {
        var others = http.Response.Headers.SetCookie.Where(cookie => cookie?.StartsWith($"{Name}=", StringComparison.Ordinal) != true).ToArray();
        http.Response.Headers.SetCookie = others;
    }

    private static CookieOptions Options(HttpContext http) => new()
    {
        Path = "/",
        HttpOnly = true,
        Secure = http.Request.IsHttps,
        SameSite = SameSiteMode.Lax,
    };
}
