using Harbor.Modules.Configuration;
using Harbor.Platform.Data;
using Harbor.Platform.Events;
using Npgsql;

namespace Harbor.Modules.Identity;

/// <summary>Finds who may sign in under a name: a username or an e-mail address, exactly as written.</summary>
internal sealed class Accounts(Database database, ChangeFeed feed, Settings settings)
{
    private const string KeyPrefix = "user:";
    private const int Capacity = 10_000;
    private const int MaxPrincipalLength = 2 * 255;   // a character may take two places

    private readonly FactCache<Account[]> cache = new(feed, KeyPrefix, Capacity);

    /// <summary>Key of the fact who signs in as <paramref name="principal"/>; every change of a user evicts his names, old and new.</summary>
    public static string Key(string principal) => KeyPrefix + principal;

    /// <summary>Everybody who may sign in here under this name or address; one person's name may be another's address.</summary>
    /// <remarks>Where users come from elsewhere, only the built-in administrator has a password here.</remarks>
    public async ValueTask<Account[]> FindAsync(string principal, CancellationToken ct)
    {
        var found = await FindAnyAsync(principal, ct);
        return await settings.AuthModeAsync(ct) == KnownSettings.LocalUsers ? found
            : Array.FindAll(found, account => account.Id == User.AdminId && account.Username == principal);
    }

    /// <summary>Whether only the single sign-on page can tell who this is: nobody has the name here, or not with a password.</summary>
    public async ValueTask<bool> IsForSingleSignOnAsync(string username, CancellationToken ct) =>
        await settings.AuthModeAsync(ct) == "oidc_auth"
        && !Array.Exists(await FindAnyAsync(username, ct), account => account.Username == username && account.Password is not null);

    private async ValueTask<Account[]> FindAnyAsync(string principal, CancellationToken ct) =>
        principal.Length is 0 or > MaxPrincipalLength || principal.Contains('\0', StringComparison.Ordinal)
            ? []
            : await cache.GetAsync(Key(principal), principal, LoadAsync, ct) ?? [];

    private async Task<Account[]?> LoadAsync(string principal, CancellationToken ct)
    {
        await using var command = database.Command("""
            SELECT id, username, password_hash, password_salt, password_version, sysadmin
            FROM harbor_user WHERE (username = $1 OR email = $1) AND NOT deleted ORDER BY id
            """).With(principal);
        var found = await command.ListAsync(Read, ct);
        return found.Count == 0 ? null : [.. found];
    }

    private static Account Read(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1),
        row.IsDBNull(2) ? null : new PasswordHash(row.GetString(4), row.GetString(3), row.GetString(2)),
        row.GetBoolean(5));
}
