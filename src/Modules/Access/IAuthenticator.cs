using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Access;

/// <summary>One way of proving who one is. The first, in order of <see cref="Step"/>, that yields a context wins.</summary>
public interface IAuthenticator
{
    AuthenticationStep Step { get; }

    /// <summary>The caller; null when this way does not apply or the proof is not good, and the next one is tried.</summary>
    ValueTask<SecurityContext?> AuthenticateAsync(HttpContext http, CancellationToken ct);
}

/// <summary>Harbor's order of the ways to authenticate.</summary>
public enum AuthenticationStep
{
    InternalSecret = 1,
    OidcCommandLine = 2,
    RegistryToken = 3,
    IdToken = 4,
    AuthProxy = 5,
    Robot = 6,
    Basic = 7,
    Session = 8,
    ProxyCacheSecret = 9,
}
