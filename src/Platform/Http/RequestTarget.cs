using System.Text.RegularExpressions;
using Harbor.Oci;
using Microsoft.AspNetCore.Http;

namespace Harbor.Platform.Http;

/// <summary>What is done to every request's path and query before anything looks at them.</summary>
internal static partial class RequestTarget
{
    public static Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Request.QueryString.Value is { Length: > 0 } query && !IsWellFormed(query))
        {
            throw new RegistryException(ErrorCode.BadRequest, "the query string is malformed: a ';' or a bad percent escape");
        }

        if (http.Request.Path.Value is { } path && path.Contains("//", StringComparison.Ordinal))
        {
            http.Request.Path = Slashes().Replace(path, "/");
        }

        return next(http);
    }

    private static bool IsWellFormed(ReadOnlySpan<char> query)
    {
        for (var at = query.IndexOfAny(';', '%'); at >= 0; at = query.IndexOfAny(';', '%'))
        {
            if (query[at] == ';' || at + 2 >= query.Length || !char.IsAsciiHexDigit(query[at + 1]) || !char.IsAsciiHexDigit(query[at + 2]))
            {
                return false;
            }

            query = query[(at + 3)..];
        }

        return true;
    }

    [GeneratedRegex("/{2,}")]
    private static partial Regex Slashes();
}
