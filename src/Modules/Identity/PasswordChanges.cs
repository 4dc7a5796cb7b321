using Harbor.Modules.Access;
using Harbor.Platform.Data;

namespace Harbor.Modules.Identity;

/// <summary>Changes passwords.</summary>
internal sealed class PasswordChanges(Users users, Database database, SignIns signIns, PasswordVerifier verifier)
{
    /// <param name="old">What a user who changes his own says it is now; null when somebody else changes it, who need not know.</param>
    /// <param name="origin">Where the request comes from: an old password can be guessed here as well as at the sign-in.</param>
    /// <param name="session">Cookie of the request.</param>
    /// <exception cref="Oci.RegistryException"><c>FORBIDDEN</c>: not the old password; <c>BAD_REQUEST</c>: not a good new one; <c>NOT_FOUND</c>.</exception>
    public async Task ChangeAsync(SecurityContext by, long userId, string? old, string next, SignInOrigin origin, string? session, CancellationToken ct)
    {
        var user = await users.GetAsync(userId, ct);
        if (old is not null && (await signIns.TryAsync(user.Username, old, origin, ct))?.Id != userId)
        {
            throw UserErrors.WrongPassword();
        }

        PasswordRule.Check(next);
        var current = await FindHashAsync(userId, ct);
        if (current is not null && await verifier.VerifyAsync(CredentialKey.Of(user.Username, next), next, current, ct))
        {
            throw UserErrors.SamePassword();
        }

        await users.SetPasswordAsync(by, userId, await verifier.HashAsync(next, ct), old is null ? null : session, ct);
    }

    private async Task<PasswordHash?> FindHashAsync(long userId, CancellationToken ct)
    {
        await using var command = database.Command(
            "SELECT password_version, password_salt, password_hash FROM harbor_user WHERE id = $1 AND password_hash IS NOT NULL").With(userId);
        return await command.FindAsync(row => new PasswordHash(row.GetString(0), row.GetString(1), row.GetString(2)), ct);
    }
}
