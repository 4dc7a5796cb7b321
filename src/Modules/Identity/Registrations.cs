using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Configuration;

namespace Harbor.Modules.Identity;

/// <summary>Who may make local users and change them, and how a new one comes to be.</summary>
internal sealed class Registrations(Users users, PasswordVerifier passwords, Settings settings)
{
    /// <param name="isBrowser">Whether the request carries a session cookie, and so passed the CSRF check.</param>
    /// <returns>The new user's id.</returns>
    public async Task<long> AddAsync(UserCreationRequest request, SecurityContext caller, bool isBrowser, CancellationToken ct)
    {
        await CheckMayAddAsync(caller, isBrowser, ct);
        PasswordRule.Check(request.Password);
        UserProfile.CheckName("username", request.Username);
        var profile = UserProfile.From(request.Email, request.Realname, request.Comment);
        if (await users.IsTakenAsync(request.Username!, profile.Email, ct))
        {
            throw UserErrors.Exists();   // looked at before the slow hash is made; whether it is free the writing finds out
        }

        return await users.AddAsync(caller, request.Username!, profile, await passwords.HashAsync(request.Password!, ct), ct);
    }

    /// <summary>Users of another system are changed there; only the built-in administrator is always ours.</summary>
    /// <exception cref="Oci.RegistryException"><c>FORBIDDEN</c>.</exception>
    public async ValueTask CheckChangeableAsync(long userId, SecurityContext caller, CancellationToken ct)
    {
        if (await settings.GetAsync(KnownSettings.AuthMode, ct) != KnownSettings.LocalUsers && (userId != User.AdminId || !caller.Can(Resource.User, AccessAction.Update)))
        {
            throw UserErrors.NoLocalUsers();
        }
    }

    private async ValueTask CheckMayAddAsync(SecurityContext caller, bool isBrowser, CancellationToken ct)
    {
        if (await settings.GetAsync(KnownSettings.AuthMode, ct) != KnownSettings.LocalUsers)
        {
            throw UserErrors.NoLocalUsers();
        }

        if (caller.Can(Resource.User, AccessAction.Create))
        {
            return;
        }

        if (!await settings.SelfRegistrationAsync(ct))
        {
            throw AccessErrors.RefusedInSystem(caller);
        }

        if (!isBrowser)
        {
            throw UserErrors.RegistrationNeedsBrowser();
        }
    }
}
