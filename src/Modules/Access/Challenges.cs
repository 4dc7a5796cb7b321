using Harbor.Modules.Access.Tokens;
using Harbor.Oci;
using Harbor.Platform.Settings;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Access;

/// <summary>Tells a registry client how to authenticate: the <c>Www-Authenticate</c> header of a 401 under <c>/v2</c>.</summary>
public sealed class Challenges(HarborOptions options)
{
    /// <summary>Asks for a name and a password: for the catalog, and for callers whose credentials were just not good enough.</summary>
    public const string Basic = "Basic realm=\"harbor\"";

    /// <summary>The scope that allows <paramref name="action"/>: pull, push (which needs both) or delete.</summary>
    public static string Scope(RepositoryName repository, AccessAction action) =>
        $"repository:{repository}:{(action == AccessAction.Push ? "pull,push" : action.Text)}";

    /// <summary>The challenge for a request that needs <paramref name="scopes"/>; none for <c>/v2/</c> itself.</summary>
    /// <remarks>A client that sent an Authorization header, good or bad, is asked for Basic: another token would not help it.</remarks>
    public string For(HttpContext http, params IReadOnlyCollection<string> scopes)
    {
        if (http.Request.Headers.Authorization.Count > 0)
        {
            return Basic;
        }

        var challenge = $"Bearer realm=\"{AddressFor(http.Request)}/service/token\",service=\"{TokenClaims.Audience}\"";
        return scopes.Count == 0 ? challenge : $"{challenge},scope=\"{string.Join(' ', scopes)}\"";
    }

    /// <summary>Where clients reach this server, without a slash at the end: what the operator says, else what the request does.</summary>
    public string AddressFor(HttpRequest request)
    {
        if (options.ExternalUrl is { } url)
        {
            return url.AbsoluteUri.TrimEnd('/');
        }

        // HTTP/1.0 has no Host; such a client can only come back to where it came.
        var local = request.HttpContext.Connection;
        var host = request.Host.HasValue ? request.Host.ToUriComponent() : new HostString($"{local.LocalIpAddress}", local.LocalPort).ToUriComponent();
        return $"{request.Scheme}://{host}";
    }
}
