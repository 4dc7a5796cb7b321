using Harbor.Platform;
using Harbor.Platform.Data;
using Harbor.Platform.Security;
using Harbor.Platform.Settings;

namespace Harbor.Modules.Identity;

/// <summary>Gives the built-in administrator his first password. Once he has one, the database holds the truth.</summary>
internal sealed class AdminPasswordStart(Database database, HarborOptions options, PasswordOptions passwords) : IFirstStart
{
    public async Task RunAsync(CancellationToken ct)
    {
        if (await FindAsync(ct) is not null)
        {
            return;
        }

        var password = AdminPassword.Choose(options);
        var hash = PasswordHash.Create(password.Value.Reveal(), passwords.Rounds);
        await using var command = database.Command("""
            UPDATE harbor_user SET password_hash = $2, password_salt = $3, password_version = $4, update_time = harbor_now()
            WHERE id = $1 AND password_hash IS NULL
            """).With(User.AdminId, hash.Hex, hash.Salt, hash.Version);
        if (await command.ExecuteNonQueryAsync(ct) == 1)
        {
            password.Announce();
        }
        else if (await FindAsync(ct) is { } others && !others.Verify(password.Value.Reveal()))
        {
            // Another replica was first, with a password of its own.
            password.Discard();
        }
    }

    private async Task<PasswordHash?> FindAsync(CancellationToken ct)
    {
        await using var command = database.Command(
            "SELECT password_version, password_salt, password_hash FROM harbor_user WHERE id = $1 AND password_hash IS NOT NULL").With(User.AdminId);
        return await command.FindAsync(row => new PasswordHash(row.GetString(0), row.GetString(1), row.GetString(2)), ct);
    }
}
