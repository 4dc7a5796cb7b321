using Harbor.Modules.Access;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Identity;

/// <summary>Users by HTTP Basic authentication, wherever they send it.</summary>
internal sealed class BasicAuthenticator(SignIns signIns, IProjectDirectory projects) : IAuthenticator
{
    public AuthenticationStep Step => AuthenticationStep.Basic;

    public async ValueTask<SecurityContext?> AuthenticateAsync(HttpContext http, CancellationToken ct) =>
        BasicCredentials.TryRead(http.Request, out var credentials)
        && await signIns.TryAsync(credentials.Name, credentials.Password, SignInOrigin.Of(http), ct) is { } account
            ? new UserContext(account.Id, account.Username, account.IsSystemAdmin, projects)
            : null;
}
