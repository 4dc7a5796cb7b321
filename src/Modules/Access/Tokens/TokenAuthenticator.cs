using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Access.Tokens;

/// <summary>Bearers of our tokens, under <c>/v2</c> alone: the management API never takes one.</summary>
internal sealed class TokenAuthenticator(VerifiedTokens tokens) : IAuthenticator
{
    private const string Scheme = "Bearer ";

    public AuthenticationStep Step => AuthenticationStep.RegistryToken;

    public ValueTask<SecurityContext?> AuthenticateAsync(HttpContext http, CancellationToken ct) => ValueTask.FromResult<SecurityContext?>(
        http.Request.Path.StartsWithSegments("/v2", StringComparison.OrdinalIgnoreCase)
        && http.Request.Headers.Authorization is [{ } header]
        && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? tokens.Find(header[Scheme.Length..])
            : null);
}
