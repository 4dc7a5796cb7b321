using Harbor.Modules.Access;
using Harbor.Modules.Configuration;
using Harbor.Modules.Identity;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Robots;

/// <summary>Robots by HTTP Basic authentication, wherever they send it. A login that fails goes on to the check of users, which delays it.</summary>
internal sealed class RobotAuthenticator(RobotLogins logins, SignInGuard guard, Settings settings) : IAuthenticator
{
    public AuthenticationStep Step => AuthenticationStep.Robot;

    public async ValueTask<SecurityContext?> AuthenticateAsync(HttpContext http, CancellationToken ct)
    {
        if (!BasicCredentials.TryRead(http.Request, out var given))
        {
            return null;
        }

        var prefix = await settings.GetAsync(KnownSettings.RobotNamePrefix, ct);
        var origin = SignInOrigin.Of(http);
        return given.Name.StartsWith(prefix, StringComparison.Ordinal) && !guard.IsLocked(given.Name, origin)
            && await logins.TryAsync(given.Name[prefix.Length..], given.Password, origin, ct) is { } robot
            ? new RobotContext(robot.Id, given.Name, robot.Policy)
            : null;
    }
}
