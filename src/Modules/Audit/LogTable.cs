using Harbor.Contracts;
using Harbor.Platform.Http.Listing;
using Npgsql;

namespace Harbor.Modules.Audit;

/// <summary>A table of records, and how it is shown.</summary>
/// <param name="Name">Of the table.</param>
/// <param name="Selected">What <paramref name="Read"/> reads, in order.</param>
/// <param name="Columns">What may be filtered and sorted by.</param>
/// <param name="Counts">Table of how many records each project has; null: they are counted when they are asked for.</param>
internal sealed record LogTable<TRow>(string Name, string Selected, SqlColumns Columns, string? Counts, Func<NpgsqlDataReader, TRow> Read);

internal static class LogTables
{
    public static LogTable<AuditLogExtDto> Current { get; } = new(
        "audit_log_ext",
        "id, username, resource, resource_type, operation, op_time, operation_description, operation_result",
        Columns(("operation_description", ColumnKind.Text, "operation_description"), ("operation_result", ColumnKind.Flag, "operation_result")),
        "audit_log_count",
        row => new AuditLogExtDto
        {
            Id = row.GetInt64(0),
            Username = row.GetString(1),
            Resource = row.GetString(2),
            ResourceType = row.GetString(3),
            Operation = row.GetString(4),
            OpTime = row.GetFieldValue<DateTimeOffset>(5),
            OperationDescription = row.GetString(6),
            OperationResult = row.GetBoolean(7),
        });

    /// <summary>The log that older releases wrote. Nothing is added to it any more.</summary>
    public static LogTable<AuditLogDto> Legacy { get; } = new(
        "audit_log",
        "id, username, resource, resource_type, operation, op_time",
        Columns(),
        null,
        row => new AuditLogDto
        {
            Id = row.GetInt64(0),
            Username = row.GetString(1),
            Resource = row.GetString(2),
            ResourceType = row.GetString(3),
            Operation = row.GetString(4),
            OpTime = row.GetFieldValue<DateTimeOffset>(5),
        });

    private static SqlColumns Columns(params (string, ColumnKind, string)[] more) => new(
    [
        ("id", ColumnKind.Number, "id"),
        ("project_id", ColumnKind.Number, "project_id"),
        ("username", ColumnKind.Text, "username"),
        ("resource", ColumnKind.Text, "resource"),
        ("resource_type", ColumnKind.Text, "resource_type"),
        ("operation", ColumnKind.Text, "operation"),
        ("op_time", ColumnKind.Time, "op_time"),
        .. more,
    ]);
}
