using Harbor.Contracts;
using Harbor.Platform.Data;
using Harbor.Platform.Http.Listing;
using Npgsql;

namespace Harbor.Modules.Audit;

/// <summary>Shows the log that older releases wrote. Nothing is added to it any more.</summary>
internal sealed class LegacyListing(Database db)
{
    private static readonly SqlColumns Columns = new(
        ("id", ColumnKind.Number, "id"),
        ("project_id", ColumnKind.Number, "project_id"),
        ("username", ColumnKind.Text, "username"),
        ("resource", ColumnKind.Text, "resource"),
        ("resource_type", ColumnKind.Text, "resource_type"),
        ("operation", ColumnKind.Text, "operation"),
        ("op_time", ColumnKind.Time, "op_time"));

    public Task<Page<AuditLogDto>> ListAsync(VisibleLogs visible, FilterQuery q, SortQuery sort, PageRequest page, CancellationToken ct)
    {
        var rows = Select("id, username, resource, resource_type, operation, op_time");
        Columns.AppendSort(rows, sort, "op_time DESC", "id DESC");
        return SqlPages.ReadAsync(db, rows, Select("count(*)"), page, Read, ct);

        SqlText Select(string what) => AuditListing.Where(new SqlText($"SELECT {what} FROM audit_log WHERE true"), Columns, visible, q);
    }

    private static AuditLogDto Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0),
        Username = row.GetString(1),
        Resource = row.GetString(2),
        ResourceType = row.GetString(3),
        Operation = row.GetString(4),
        OpTime = row.GetFieldValue<DateTimeOffset>(5),
    };
}
