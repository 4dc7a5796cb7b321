using Harbor.Contracts;
using Harbor.Platform.Data;
using Harbor.Platform.Http.Listing;
using Npgsql;

namespace Harbor.Modules.Audit;

/// <summary>Shows the audit log. The newest records are found by index, and the total is kept by the database: nothing is counted.</summary>
internal sealed class AuditListing(Database db)
{
    private const string Selected = "id, username, resource, resource_type, operation, operation_description, operation_result, op_time";
    private const string NewestFirst = "op_time DESC";

    // Past this, taking so many from each project costs more than sorting what all have.
    private const long MaxFromEach = 10_000;

    private static readonly SqlColumns Columns = new(
        ("id", ColumnKind.Number, "id"),
        ("project_id", ColumnKind.Number, "project_id"),
        ("username", ColumnKind.Text, "username"),
        ("resource", ColumnKind.Text, "resource"),
        ("resource_type", ColumnKind.Text, "resource_type"),
        ("operation", ColumnKind.Text, "operation"),
        ("operation_description", ColumnKind.Text, "operation_description"),
        ("operation_result", ColumnKind.Flag, "operation_result"),
        ("op_time", ColumnKind.Time, "op_time"));

    private static readonly SqlColumns CountColumns = new(("project_id", ColumnKind.Number, "project_id"));

    public Task<Page<AuditLogExtDto>> ListAsync(VisibleLogs visible, FilterQuery q, SortQuery sort, PageRequest page, CancellationToken ct)
    {
        if (!visible.All && visible.Projects.Length == 0)
        {
            return Task.FromResult(new Page<AuditLogExtDto>([], 0));
        }

        var rows = IsNewestOfSeveral(visible, sort, page)
            ? NewestOfEach(visible.Projects, q, page.Offset + page.Size)
            : Where(new SqlText($"SELECT {Selected} FROM audit_log_ext WHERE true"), Columns, visible, q);
        Columns.AppendSort(rows, sort, NewestFirst, "id DESC");
        return SqlPages.ReadAsync(db, rows, Count(visible, q), page, Read, ct);
    }

    // Each project's newest by its index, then the newest of those. One condition on many projects would read the log backwards through
    // everybody else's records.
    private static SqlText NewestOfEach(long[] projects, FilterQuery q, long fromEach)
    {
        var sql = new SqlText($"SELECT {Selected} FROM unnest(").Parameter(projects)
            .Append($"::bigint[]) AS visible (project) CROSS JOIN LATERAL (SELECT {Selected} FROM audit_log_ext WHERE project_id = visible.project");
        Columns.AppendFilter(sql, q);
        return sql.Append($" ORDER BY {NewestFirst}, id DESC LIMIT ").Parameter(fromEach).Append(") AS newest");
    }

    private static bool IsNewestOfSeveral(VisibleLogs visible, SortQuery sort, PageRequest page) =>
        !visible.All && visible.Projects.Length > 1 && sort.Keys.Count == 0 && page.IsLimited && page.Offset < MaxFromEach - page.Size;

    // What the database keeps counted, unless a condition asks for a part of it that it does not tell apart.
    private static SqlText Count(VisibleLogs visible, FilterQuery q) => q.Conditions.All(condition => CountColumns.Knows(condition.Key) || !Columns.Knows(condition.Key))
        ? Where(new SqlText("SELECT coalesce(sum(records), 0)::bigint FROM audit_log_count WHERE true"), CountColumns, visible, q)
        : Where(new SqlText("SELECT count(*) FROM audit_log_ext WHERE true"), Columns, visible, q);

    internal static SqlText Where(SqlText sql, SqlColumns columns, VisibleLogs visible, FilterQuery q)
    {
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

    private static AuditLogExtDto Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0),
        Username = row.GetString(1),
        Resource = row.GetString(2),
        ResourceType = row.GetString(3),
        Operation = row.GetString(4),
        OperationDescription = row.GetString(5),
        OperationResult = row.GetBoolean(6),
        OpTime = row.GetFieldValue<DateTimeOffset>(7),
    };
}
