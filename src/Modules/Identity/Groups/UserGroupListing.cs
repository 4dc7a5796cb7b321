using Harbor.Modules.Configuration;
using Harbor.Platform.Data;
using Harbor.Platform.Http.Listing;

namespace Harbor.Modules.Identity.Groups;

/// <summary>Lists user groups.</summary>
internal sealed class UserGroupListing(Database database, Settings settings)
{
    /// <summary>Groups that the present way of signing in can bring, oldest first.</summary>
    /// <param name="name">Part of the name, case left aside; null or empty: any.</param>
    /// <param name="distinguishedName">Where people come from a directory: the group of exactly this name in it; null or empty: all.</param>
    public async Task<Page<UserGroup>> ListAsync(string? name, string? distinguishedName, PageRequest page, CancellationToken ct)
    {
        var mode = await settings.AuthModeAsync(ct);
        SqlText Select(string what)
        {
            var sql = new SqlText($"SELECT {what} FROM user_group WHERE true");
            if (TypeIn(mode) is { } type)
            {
                sql.Append(" AND group_type = ").Parameter((int)type);
                if (type == UserGroupType.Ldap && !string.IsNullOrEmpty(distinguishedName))
                {
                    sql.Append(" AND lower(ldap_group_dn) = lower(btrim(").Parameter(distinguishedName).Append("))");
                }
            }

            return string.IsNullOrEmpty(name) ? sql : sql.Append(" AND group_name ILIKE ").Parameter(LikePattern.Containing(name));
        }

        return await SqlPages.ReadAsync(database, Select(UserGroups.Columns).Append(" ORDER BY id"), Select("count(*)"), page, UserGroups.Read, ct);
    }

    /// <summary>Groups whose name contains <paramref name="part"/>, case left aside; the shortest names first.</summary>
    /// <remarks>As in Harbor, only the first page exists.</remarks>
    public Task<Page<UserGroup>> SearchAsync(string part, PageRequest page, CancellationToken ct)
    {
        SqlText Select(string what) => new SqlText($"SELECT {what} FROM user_group WHERE group_name ILIKE ").Parameter(LikePattern.Containing(part));
        return SqlPages.ReadAsync(
            database, Select(UserGroups.Columns).Append(" ORDER BY length(group_name), group_name"), Select("count(*)"), page with { Page = 1 }, UserGroups.Read, ct);
    }

    // What other modes bring is not told apart, as in Harbor.
    private static UserGroupType? TypeIn(string mode) => mode switch
    {
        "ldap_auth" => UserGroupType.Ldap,
        "http_auth" => UserGroupType.Http,
        _ => null,
    };
}
