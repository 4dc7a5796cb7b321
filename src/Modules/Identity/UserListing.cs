using Harbor.Platform.Data;
using Harbor.Platform.Http.Listing;

namespace Harbor.Modules.Identity;

/// <summary>Lists users.</summary>
internal sealed class UserListing(Database database)
{
    private static readonly SqlColumns Sortable = new(
        ("user_id", ColumnKind.Number, "id"),
        ("username", ColumnKind.Text, "username"),
        ("email", ColumnKind.Text, "email"),
        ("realname", ColumnKind.Text, "realname"),
        ("comment", ColumnKind.Text, "comment"),
        ("sysadmin_flag", ColumnKind.Flag, "sysadmin"),
        ("creation_time", ColumnKind.Time, "creation_time"),
        ("update_time", ColumnKind.Time, "update_time"));

    /// <summary>Users but the deleted ones, and but the built-in administrator unless the filter asks by id.</summary>
    public async Task<Page<User>> ListAsync(FilterQuery filter, SortQuery sort, PageRequest page, CancellationToken ct)
    {
        var rows = Condition($"SELECT {Users.Columns} FROM harbor_user WHERE NOT deleted", filter);
        Sortable.AppendSort(rows, sort, standard: "username", tieBreaker: "id");
        await using var command = rows.AppendPage(page).ToCommand(database);
        var users = await command.ListAsync(Users.Read, ct);
        await using var count = Condition("SELECT count(*) FROM harbor_user WHERE NOT deleted", filter).ToCommand(database);
        return new Page<User>(users, (long)(await count.ExecuteScalarAsync(ct))!);
    }

    /// <summary>Users whose name contains <paramref name="part"/>, where <c>%</c> and <c>_</c> are wildcards; the shortest names first.</summary>
    /// <remarks>As in Harbor, only the first page exists, and the built-in administrator is shown but not counted: alone, he is not found.</remarks>
    public async Task<Page<(long Id, string Username)>> SearchAsync(string part, PageRequest page, CancellationToken ct)
    {
        await using var count = database.Command("SELECT count(*) FROM harbor_user WHERE NOT deleted AND id <> $1 AND username LIKE '%' || $2 || '%'").With(User.AdminId, part);
        var total = (long)(await count.ExecuteScalarAsync(ct))!;
        if (total == 0)
        {
            return new Page<(long, string)>([], 0);
        }

        var rows = new SqlText("SELECT id, username FROM harbor_user WHERE NOT deleted AND username LIKE '%' || ").Parameter(part)
            .Append(" || '%' ORDER BY length(username), username").AppendPage(page with { Page = 1 });
        await using var command = rows.ToCommand(database);
        return new Page<(long, string)>(await command.ListAsync(row => (row.GetInt64(0), row.GetString(1)), ct), total);
    }

    private static SqlText Condition(string select, FilterQuery filter)
    {
        var sql = new SqlText(select);
        if (filter.Find("user_id") is null)
        {
            sql.Append(" AND id <> ").Parameter(User.AdminId);
        }

        if (filter.Find("username_or_email") is { Values: [{ Length: > 0 } either, ..] } condition)
        {
            var (test, value) = condition.Operator == FilterOperator.Contains ? ("ILIKE", $"%{Literal(either)}%") : ("=", either);
            sql.Append($" AND (username {test} ").Parameter(value).Append($" OR email {test} ").Parameter(value).Append(")");
        }

        Sortable.AppendFilter(sql, filter);
        return sql;
    }

    private static string Literal(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);
}
