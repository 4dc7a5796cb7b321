using System.Text;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Access;

/// <summary>Name and password of an <c>Authorization: Basic</c> header.</summary>
public readonly record struct BasicCredentials(string Name, string Password)
{
    private const string Scheme = "Basic ";

    /// <summary>False when there is no such header, or it is malformed. A name cannot hold a colon, a password can.</summary>
    /// <remarks>Source: RFC 7617. The text is UTF-8.</remarks>
    public static bool TryRead(HttpRequest request, out BasicCredentials credentials)
    {
        credentials = default;
        if (request.Headers.Authorization is not [{ } header] || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var encoded = header.AsSpan(Scheme.Length).Trim();
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64Chars(encoded, bytes, out var length))
        {
            return false;
        }

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return false;
        }

        credentials = new BasicCredentials(text[..colon], text[(colon + 1)..]);
        return true;
    }

    public override string ToString() => "***";
}
