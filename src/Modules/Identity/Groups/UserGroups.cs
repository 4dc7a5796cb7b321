using Harbor.Modules.Configuration;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Events;
using Npgsql;

namespace Harbor.Modules.Identity.Groups;

/// <summary>The user groups that are known here: everything that is done to them.</summary>
/// <remarks>Who is in a group is not: a caller brings the ids of his groups from his sign-in.</remarks>
public sealed class UserGroups(Database database, ChangeFeed feed, Settings settings, IEnumerable<IUserGroupDeparture> departures)
{
    internal const string Columns = "id, group_name, group_type, ldap_group_dn";

    private const int MaxNameLength = 255;

    /// <summary>The group; null when there is none.</summary>
    public async Task<UserGroup?> FindAsync(long id, CancellationToken ct)
    {
        await using var command = database.Command($"SELECT {Columns} FROM user_group WHERE id = $1").With(id);
        return await command.FindAsync(Read, ct);
    }

    /// <summary>Makes a group known before any of its people signed in.</summary>
    /// <param name="type">Harbor's number.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>: a value is at fault, or the directory knows no such group. <c>CONFLICT</c>: the name is taken.</exception>
    public async Task<long> AddAsync(string? name, int? type, string? distinguishedName, CancellationToken ct)
    {
        CheckName(name);
        if (type is not { } number || !Enum.IsDefined((UserGroupType)number))
        {
            throw UserGroupErrors.InvalidType(type);
        }

        if ((UserGroupType)number == UserGroupType.Ldap)
        {
            // The server is connected to no directory, so none knows it.
            throw UserGroupErrors.UnknownToDirectory(distinguishedName);
        }

        return await database.TransactAsync(tx => InsertAsync(tx, name!, (UserGroupType)number), ct) ?? throw UserGroupErrors.Exists(name!);
    }

    /// <exception cref="RegistryException"><c>NOT_FOUND</c>. <c>BAD_REQUEST</c>: not a good name. <c>CONFLICT</c>: the name is taken.</exception>
    public async Task RenameAsync(long id, string? name, CancellationToken ct)
    {
        CheckName(name);
        try
        {
            await database.TransactAsync(async tx =>
            {
                if (await tx.ExecuteAsync("UPDATE user_group SET group_name = $2, update_time = harbor_now() WHERE id = $1", id, name) == 0)
                {
                    throw UserGroupErrors.NotFound(id);
                }
            }, ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw UserGroupErrors.Exists(name!);
        }
    }

    /// <summary>Deletes the group and ends its memberships. An unknown one is no error: Harbor says so.</summary>
    public async Task DeleteAsync(long id, CancellationToken ct)
    {
        List<string> evicted = [];
        await database.TransactAsync(async tx =>
        {
            evicted.Clear();

            // Waits for projects that are just taking it in; they then find it gone, or its memberships are found below.
            if (await tx.ExecuteAsync("DELETE FROM user_group WHERE id = $1", id) == 0)
            {
                return;
            }

            foreach (var departure in departures)
            {
                evicted.AddRange(await departure.LeaveAsync(tx, id));
            }
        }, ct);
        evicted.ForEach(feed.EvictLocally);
    }

    /// <summary>Which type of group a project may take in by its mere name; null when only groups that are known here may be members.</summary>
    public async ValueTask<UserGroupType?> OnboardingAsync(CancellationToken ct)
    {
        var values = await settings.GetAsync(ct);
        return values.Get(KnownSettings.AuthMode) switch
        {
            "oidc_auth" => UserGroupType.Oidc,
            "http_auth" when values.Get(KnownSettings.HttpAuthProxySkipSearch) => UserGroupType.Http,
            _ => null,
        };
    }

    /// <summary>The group, held against being deleted until the transaction ends; null when there is none.</summary>
    public static Task<UserGroup?> HoldAsync(Transaction tx, long id) => HoldAsync(tx, "id = $1", id);

    /// <inheritdoc cref="HoldAsync(Transaction, long)"/>
    public static Task<UserGroup?> HoldByDistinguishedNameAsync(Transaction tx, string name) => HoldAsync(tx, "lower(ldap_group_dn) = lower(btrim($1))", name);

    /// <inheritdoc cref="HoldAsync(Transaction, long)"/>
    /// <param name="type">Null: any.</param>
    public static Task<UserGroup?> HoldByNameAsync(Transaction tx, string name, UserGroupType? type) => type is { } only
        ? HoldAsync(tx, "group_name = $1 AND group_type = $2", name, (int)only)
        : HoldAsync(tx, "group_name = $1", name);

    /// <summary>Takes in a group that another system vouches for, or finds the one that is known already; it is held as by <see cref="HoldAsync(Transaction, long)"/>.</summary>
    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>: not a good name. <c>CONFLICT</c>: a group of another type has the name.</exception>
    public static async Task<UserGroup> OnboardAsync(Transaction tx, string name, UserGroupType type)
    {
        CheckName(name);
        return await InsertAsync(tx, name, type) is { } id
            ? new UserGroup(id, name, type, DistinguishedName: null)
            : await HoldByNameAsync(tx, name, type) ?? throw UserGroupErrors.Exists(name);
    }

    internal static UserGroup Read(NpgsqlDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), (UserGroupType)row.GetInt32(2), row.IsDBNull(3) ? null : row.GetString(3));

    private static void CheckName(string? name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.EnumerateRunes().Count() > MaxNameLength || name.Any(char.IsControl))
        {
            throw UserGroupErrors.InvalidName(MaxNameLength);
        }
    }

    /// <param name="condition">Fixed SQL.</param>
    private static async Task<UserGroup?> HoldAsync(Transaction tx, string condition, params object?[] values) =>
        (await tx.ListAsync($"SELECT {Columns} FROM user_group WHERE {condition} FOR KEY SHARE", Read, values)) is [var one] ? one : null;

    // Of several that want one name, each waits here for the one before, and then finds it taken.
    private static Task<long?> InsertAsync(Transaction tx, string name, UserGroupType type) => tx.ScalarAsync<long?>("""
        INSERT INTO user_group (group_name, group_type, creation_time, update_time) VALUES ($1, $2, harbor_now(), harbor_now())
        ON CONFLICT (group_name) DO NOTHING RETURNING id
        """, name, (int)type);
}
