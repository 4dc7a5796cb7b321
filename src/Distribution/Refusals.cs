using Harbor.Modules.Access;
using Harbor.Oci;
using Microsoft.AspNetCore.Http;

namespace Harbor.Distribution;

/// <summary>The 401s of the registry protocol, with the header that tells the client what to do about them.</summary>
internal sealed class Refusals(Challenges challenges)
{
    /// <summary>Asks for a token of these scopes, or for credentials when some were sent.</summary>
    public RegistryException Challenge(HttpContext http, string message, params IReadOnlyCollection<string> scopes) =>
        Unauthorized(http, message, challenges.For(http, scopes));

    /// <summary>Asks for a name and a password: a token never suffices.</summary>
    public static RegistryException ChallengeBasic(HttpContext http, string message) => Unauthorized(http, message, Challenges.Basic);

    /// <summary>Asks for nothing: no credentials would help, and why is not told.</summary>
    public static RegistryException Plain(HttpContext http, string message) => Unauthorized(http, message, string.Empty);

    // Harbor wraps the refusal in itself, and tests of clients compare the text.
    private static RegistryException Unauthorized(HttpContext http, string message, string challenge)
    {
        http.Response.Headers.WWWAuthenticate = challenge;
        http.Response.Headers[RegistryHeaders.ApiVersion] = RegistryHeaders.ApiVersionValue;
        return new RegistryException(ErrorCode.Unauthorized, $"{message}: {message}");
    }
}
