using Harbor.Modules.Access;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Identity.Sessions;

/// <summary>Users by their session. Basic credentials in the same request outrank it.</summary>
internal sealed class SessionAuthenticator(SessionStore sessions, IProjectDirectory projects) : IAuthenticator
{
    public AuthenticationStep Step => AuthenticationStep.Session;

    public async ValueTask<SecurityContext?> AuthenticateAsync(HttpContext http, CancellationToken ct)
    {
        if (SessionCookie.Find(http.Request) is not { } cookie)
        {
            return null;
        }

        var renew = string.IsNullOrEmpty(http.Request.Headers[SessionCookie.NoRenewalHeader]);
        return await sessions.FindAsync(cookie, renew, ct) is { } session
            ? new UserContext(session.User.Id, session.User.Username, session.User.IsSystemAdmin, projects)
            {
                Groups = session.User.Groups,
                AdminBySignIn = session.User.IsAdminBySignIn,
            }
            : null;
    }
}
