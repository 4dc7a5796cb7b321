using Harbor.Modules.Access;
using Harbor.Modules.Configuration;
using Harbor.Modules.Identity.Sessions;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Events;
using Harbor.Platform.Settings;
using Npgsql;

namespace Harbor.Modules.Identity;

/// <summary>The users of this registry: everything that is done to them.</summary>
public sealed class Users(Database database, ChangeFeed feed, HarborOptions options, Settings settings, IEnumerable<IUserDeparture> departures)
{
    internal const string Columns = "id, username, email, realname, comment, sysadmin, creation_time, update_time";

    /// <summary>The user; null when there is none, or he was deleted.</summary>
    public async Task<User?> FindAsync(long id, CancellationToken ct)
    {
        await using var command = database.Command($"SELECT {Columns} FROM harbor_user WHERE id = $1 AND NOT deleted").With(id);
        return await command.FindAsync(Read, ct);
    }

    /// <summary>The user of exactly this name; null when there is none.</summary>
    public async Task<User?> FindByNameAsync(string username, CancellationToken ct)
    {
        await using var command = database.Command($"SELECT {Columns} FROM harbor_user WHERE username = $1 AND NOT deleted").With(username);
        return await command.FindAsync(Read, ct);
    }

    /// <exception cref="RegistryException"><c>NOT_FOUND</c>.</exception>
    public async Task<User> GetAsync(long id, CancellationToken ct) => await FindAsync(id, ct) ?? throw UserErrors.NotFound(id);

    /// <summary>Id of the oldest system administrator: who answers for what no person did.</summary>
    /// <exception cref="RegistryException"><c>PRECONDITION</c>: there is none.</exception>
    public async Task<long> GetFirstSystemAdminAsync(CancellationToken ct)
    {
        await using var command = database.Command("SELECT min(id) FROM harbor_user WHERE sysadmin AND NOT deleted");
        return await command.ExecuteScalarAsync(ct) as long? ?? throw UserErrors.NoSystemAdmin();
    }

    /// <summary>Whether a name is taken. The built-in administrator does not count, as in Harbor.</summary>
    /// <param name="target"><c>username</c> or <c>email</c>; anything else asks whether there is any user at all.</param>
    public async Task<bool> ExistsAsync(string target, string value, CancellationToken ct)
    {
        var condition = target switch
        {
            "username" => "username = $2",
            "email" => "email = $2",
            _ => "$2::text IS NOT NULL",
        };
        await using var command = database.Command($"SELECT EXISTS (SELECT FROM harbor_user WHERE id <> $1 AND NOT deleted AND {condition})").With(User.AdminId, value);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Whether anybody, the deleted included, stands in the way of a new user with this name and address.</summary>
    internal async Task<bool> IsTakenAsync(string username, string email, CancellationToken ct)
    {
        await using var command = database.Command("SELECT EXISTS (SELECT FROM harbor_user WHERE username = $1 OR email = $2)").With(username, email);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <returns>The new user's id.</returns>
    /// <exception cref="RegistryException"><c>CONFLICT</c>: the name or the address is taken. <c>FORBIDDEN</c>: users come from elsewhere by now.</exception>
    public Task<long> AddAsync(SecurityContext by, string username, UserProfile profile, PasswordHash password, CancellationToken ct) =>
        WriteAsync([username, profile.Email], async tx =>
        {
            if (await settings.HoldAuthModeAsync(tx) != KnownSettings.LocalUsers)
            {
                throw UserErrors.NoLocalUsers();
            }

            var id = await tx.ScalarAsync<long>("""
                INSERT INTO harbor_user (username, email, realname, comment, password_hash, password_salt, password_version, creation_time, update_time)
                VALUES ($1, $2, $3, $4, $5, $6, $7, harbor_now(), harbor_now()) RETURNING id
                """, username, profile.Email, profile.RealName, profile.Comment, password.Hex, password.Salt, password.Version);
            await tx.PublishAsync(new UserCreated(id, username, by.RecordedName));
            return id;
        }, ct);

    /// <exception cref="RegistryException"><c>NOT_FOUND</c>; <c>CONFLICT</c>: the address is taken.</exception>
    public Task UpdateProfileAsync(SecurityContext by, long id, UserProfile profile, CancellationToken ct) => ChangeAsync(
        by, UserChange.Profile, id, [profile.Email], "email = $2, realname = $3, comment = $4", [profile.Email, profile.RealName, profile.Comment], ct);

    /// <summary>Gives the user another password. Sessions he has elsewhere end.</summary>
    /// <param name="keptSession">Cookie of the session that the change came through, which goes on; null: none does.</param>
    /// <exception cref="RegistryException"><c>NOT_FOUND</c>.</exception>
    public async Task SetPasswordAsync(SecurityContext by, long id, PasswordHash password, string? keptSession, CancellationToken ct)
    {
        List<string> ended = [];
        await ChangeAsync(
            by, UserChange.Password, id, [], "password_hash = $2, password_salt = $3, password_version = $4", [password.Hex, password.Salt, password.Version], ct,
            after: async tx => ended = await SessionStore.EndAllAsync(tx, id, keptSession));
        ended.ForEach(feed.EvictLocally);
    }

    /// <summary>Makes the user a system administrator, or no longer one. His sessions keep what they had at sign-in.</summary>
    /// <exception cref="RegistryException"><c>NOT_FOUND</c>. <c>PRECONDITION</c>: nobody would be left to administer the system.</exception>
    public async Task SetSystemAdminAsync(SecurityContext by, long id, bool isAdmin, CancellationToken ct)
    {
        var mode = await settings.AuthModeAsync(ct);
        await ChangeAsync(
            by, isAdmin ? UserChange.SystemAdmin : UserChange.NoSystemAdmin, id, [], "sysadmin = $2", [isAdmin], ct,
            before: tx => isAdmin ? Task.CompletedTask : CheckNotTheLastAsync(tx, id, mode));
    }

    /// <summary>Gives the built-in administrator a name that looks like no other system's. His sessions go on.</summary>
    /// <exception cref="RegistryException"><c>CONFLICT</c>: somebody has that name.</exception>
    public async Task RenameAdminAsync(SecurityContext by, CancellationToken ct)
    {
        List<string> sessions = [];
        await ChangeAsync(
            by, UserChange.Profile, User.AdminId, [User.RenamedAdmin], "username = $2", [User.RenamedAdmin], ct,
            after: async tx => sessions = await SessionStore.EvictAllAsync(tx, User.AdminId));
        sessions.ForEach(feed.EvictLocally);
    }

    /// <summary>Deletes the user. His row stays, under a name that frees his own; his projects stay, too.</summary>
    /// <exception cref="RegistryException"><c>NOT_FOUND</c>. <c>PRECONDITION</c>: nobody would be left to administer the system.</exception>
    public async Task DeleteAsync(SecurityContext by, long id, CancellationToken ct)
    {
        List<string> evicted = [];
        var mode = await settings.AuthModeAsync(ct);
        await database.TransactAsync(async tx =>
        {
            evicted.Clear();
            await CheckNotTheLastAsync(tx, id, mode);
            var user = await FindForUpdateAsync(tx, id);
            string Freed(string text) => $"{(options.ForgetDeletedUsers ? Crc32.Hex(text) : text)}#{id}";
            await tx.ExecuteAsync(
                "UPDATE harbor_user SET deleted = true, username = $2, email = $3, realname = $4, password_hash = NULL, update_time = harbor_now() WHERE id = $1",
                id, Freed(user.Username), user.Email is null ? null : Freed(user.Email), options.ForgetDeletedUsers ? Freed(user.RealName) : user.RealName);
            evicted.AddRange(await SessionStore.EndAllAsync(tx, id, keptCookie: null));
            foreach (var departure in departures)
            {
                evicted.AddRange(await departure.LeaveAsync(tx, id));
            }

            await tx.PublishAsync(new UserDeleted(id, user.Username, $"{Crc32.Hex(user.Username)}#{id}", by.RecordedName));
            evicted.AddRange(await EvictAsync(tx, [user.Username, user.Email]));
        }, ct);
        evicted.ForEach(feed.EvictLocally);
    }

    internal static User Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetString(3), row.GetString(4), row.GetBoolean(5),
        row.GetFieldValue<DateTimeOffset>(6), row.GetFieldValue<DateTimeOffset>(7));

    /// <param name="sets">Fixed SQL; its parameters count from 2.</param>
    private Task<User> ChangeAsync(
        SecurityContext by, UserChange change, long id, string[] names, string sets, object?[] values, CancellationToken ct,
        Func<Transaction, Task>? before = null, Func<Transaction, Task>? after = null) =>
        WriteAsync(names, async tx =>
        {
            await (before?.Invoke(tx) ?? Task.CompletedTask);
            var user = await FindForUpdateAsync(tx, id);
            await tx.ExecuteAsync($"UPDATE harbor_user SET {sets}, update_time = harbor_now() WHERE id = $1", [id, .. values]);
            await (after?.Invoke(tx) ?? Task.CompletedTask);
            await tx.PublishAsync(new UserUpdated(id, user.Username, change, by.RecordedName));
            return user;
        }, ct, user => [user.Username, user.Email]);

    private async Task<T> WriteAsync<T>(
        string[] names, Func<Transaction, Task<T>> work, CancellationToken ct, Func<T, string?[]>? formerNames = null)
    {
        try
        {
            List<string> evicted = [];
            var result = await database.TransactAsync(async tx =>
            {
                var done = await work(tx);
                evicted = await EvictAsync(tx, [.. names, .. formerNames?.Invoke(done) ?? []]);
                return done;
            }, ct);
            evicted.ForEach(feed.EvictLocally);
            return result;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw UserErrors.Exists();
        }
    }

    /// <summary>Refuses to let the last administrator go who can sign in. The built-in one can by his password alone, others by what the mode offers.</summary>
    private static async Task CheckNotTheLastAsync(Transaction tx, long id, string mode)
    {
        // All of them, in one order: of two who let each other go, the second waits, and then sees that he is alone.
        await tx.ExecuteAsync("SELECT FROM harbor_user WHERE sysadmin AND NOT deleted ORDER BY id FOR NO KEY UPDATE");
        var isLast = await tx.ScalarAsync<bool>("""
            SELECT EXISTS (SELECT FROM harbor_user WHERE id = $1 AND sysadmin AND NOT deleted)
                AND NOT EXISTS (SELECT FROM harbor_user WHERE id <> $1 AND sysadmin AND NOT deleted AND (password_hash IS NOT NULL OR (id <> $2 AND $3)))
            """, id, User.AdminId, mode != KnownSettings.LocalUsers);
        if (isLast)
        {
            throw UserErrors.LastAdministrator();
        }
    }

    private static async Task<User> FindForUpdateAsync(Transaction tx, long id) =>
        (await tx.ListAsync($"SELECT {Columns} FROM harbor_user WHERE id = $1 AND NOT deleted FOR UPDATE", Read, id)) is [var user] ? user : throw UserErrors.NotFound(id);

    private static async Task<List<string>> EvictAsync(Transaction tx, string?[] names)
    {
        var keys = names.OfType<string>().Distinct(StringComparer.Ordinal).Select(Accounts.Key).ToList();
        foreach (var key in keys)
        {
            await tx.EvictAsync(key);
        }

        return keys;
    }
}
