using Harbor.Platform.Data;
using Harbor.Platform.Http.Listing;

namespace Harbor.Modules.Audit;

/// <summary>Shows a log. The newest records are found by index, and where the database keeps the total, nothing is counted.</summary>
internal sealed class LogListing<TRow>(Database db, LogTable<TRow> table)
{
    private const string NewestFirst = "op_time DESC";

    // Past this, taking so many from each project costs more than sorting what all have.
    private const long MaxFromEach = 10_000;

    private static readonly SqlColumns CountColumns = new(("project_id", ColumnKind.Number, "project_id"));

    public Task<Page<TRow>> ListAsync(VisibleLogs visible, FilterQuery q, SortQuery sort, PageRequest page, CancellationToken ct)
    {
        if (!visible.All && visible.Projects.Length == 0)
        {
            return Task.FromResult(new Page<TRow>([], 0));
        }

        var rows = IsNewestOfSeveral(visible, sort, page)
            ? NewestOfEach(visible.Projects, q, page.Offset + page.Size)
            : Where($"SELECT {table.Selected} FROM {table.Name}", table.Columns, visible, q);
        table.Columns.AppendSort(rows, sort, NewestFirst, "id DESC");
        return SqlPages.ReadAsync(db, rows, Count(visible, q), page, table.Read, ct);
    }

    // Each project's newest by its index, then the newest of those. One condition on many projects would read the log backwards through
    // everybody else's records.
    private SqlText NewestOfEach(long[] projects, FilterQuery q, long fromEach)
    {
        var sql = new SqlText($"SELECT {table.Selected} FROM unnest(").Parameter(projects)
            .Append($"::bigint[]) AS visible (project) CROSS JOIN LATERAL (SELECT {table.Selected} FROM {table.Name} WHERE project_id = visible.project");
        table.Columns.AppendFilter(sql, q);
        return sql.Append($" ORDER BY {NewestFirst}, id DESC LIMIT ").Parameter(fromEach).Append(") AS newest");
    }

    private static bool IsNewestOfSeveral(VisibleLogs visible, SortQuery sort, PageRequest page) =>
        !visible.All && visible.Projects.Length > 1 && sort.Keys.Count == 0 && page.IsLimited && page.Offset < MaxFromEach - page.Size;

    // What the database keeps counted, unless a condition asks for a part of it that it does not tell apart.
    private SqlText Count(VisibleLogs visible, FilterQuery q) =>
        table.Counts is { } counts && q.Conditions.All(condition => CountColumns.Knows(condition.Key) || !table.Columns.Knows(condition.Key))
            ? Where($"SELECT coalesce(sum(records), 0)::bigint FROM {counts}", CountColumns, visible, q)
            : Where($"SELECT count(*) FROM {table.Name}", table.Columns, visible, q);

    private static SqlText Where(string select, SqlColumns columns, VisibleLogs visible, FilterQuery q)
    {
        var sql = new SqlText(select).Append(" WHERE true");
        if (visible is { All: false, Projects: [var one] })
        {
            sql.Append(" AND project_id = ").Parameter(one);
        }
        else if (!visible.All)
        {
            sql.Append(" AND project_id = ANY(").Parameter(visible.Projects).Append(")");
        }

        columns.AppendFilter(sql, q);
        return sql;
    }
}
