using System.Text.Json.Nodes;
using Harbor.Platform.Data;
using Harbor.Platform.Http.Listing;
using Npgsql;

namespace Harbor.Platform.Jobs;

/// <summary>Shows executions, their tasks and what these have told.</summary>
public sealed class ExecutionListing(Database db)
{
    // The counts are read from the index on (execution, status), for the rows of the page alone.
    private const string Fields = """
        e.id, e.vendor_type, e.vendor_id, e.status, e.status_message, e.trigger, e.extra_attrs::text, e.start_time, e.update_time, e.end_time,
        (SELECT array[count(*) FILTER (WHERE status = 'Pending'), count(*) FILTER (WHERE status = 'Scheduled'), count(*) FILTER (WHERE status = 'Running'),
            count(*) FILTER (WHERE status = 'Success'), count(*) FILTER (WHERE status = 'Error'), count(*) FILTER (WHERE status = 'Stopped')]
            FROM task WHERE execution_id = e.id)
        """;

    private const string TaskFields =
        "t.id, t.execution_id, t.kind, t.status, t.status_message, t.attempt, t.extra_attrs::text, t.creation_time, t.start_time, t.update_time, t.end_time";

    private static readonly SqlColumns Columns = new(
        ("id", ColumnKind.Number, "e.id"),
        ("vendor_id", ColumnKind.Number, "e.vendor_id"),
        ("status", ColumnKind.Text, "e.status"),
        ("trigger", ColumnKind.Text, "e.trigger"),
        ("start_time", ColumnKind.Time, "e.start_time"),
        ("creation_time", ColumnKind.Time, "e.start_time"),
        ("update_time", ColumnKind.Time, "e.update_time"),
        ("end_time", ColumnKind.Time, "e.end_time"));

    private static readonly SqlColumns TaskColumns = new(
        ("id", ColumnKind.Number, "t.id"),
        ("status", ColumnKind.Text, "t.status"),
        ("job_id", ColumnKind.Text, "lpad(to_hex(t.id), 24, '0')"),
        ("run_count", ColumnKind.Number, "t.attempt"),
        ("creation_time", ColumnKind.Time, "t.creation_time"),
        ("start_time", ColumnKind.Time, "t.start_time"),
        ("update_time", ColumnKind.Time, "t.update_time"),
        ("end_time", ColumnKind.Time, "t.end_time"));

    /// <param name="vendorId">Null: of any.</param>
    public async Task<Page<Execution>> ListAsync(string vendorType, long? vendorId, FilterQuery filter, SortQuery sort, PageRequest page, CancellationToken ct)
    {
        var rows = Select(Fields);
        Columns.AppendSort(rows, sort, "e.start_time DESC", "e.id DESC");
        return await SqlPages.ReadAsync(db, rows, Select("count(*)"), page, Read, ct);

        SqlText Select(string what)
        {
            var sql = new SqlText($"SELECT {what} FROM execution e WHERE e.vendor_type = ").Parameter(vendorType);
            if (vendorId is { } id)
            {
                sql.Append(" AND e.vendor_id = ").Parameter(id);
            }

            Columns.AppendFilter(sql, filter);
            return sql;
        }
    }

    /// <summary>Null when there is none, or it is another vendor's.</summary>
    public async Task<Execution?> FindAsync(string vendorType, long? vendorId, long id, CancellationToken ct)
    {
        await using var command = db.Command($"SELECT {Fields} FROM execution e WHERE e.id = $1 AND e.vendor_type = $2 AND ($3::bigint IS NULL OR e.vendor_id = $3)")
            .With(id, vendorType, vendorId);
        return await command.FindAsync(Read, ct);
    }

    public async Task<Page<JobTask>> ListTasksAsync(long executionId, FilterQuery filter, SortQuery sort, PageRequest page, CancellationToken ct)
    {
        var rows = Select(TaskFields);
        TaskColumns.AppendSort(rows, sort, "t.creation_time DESC", "t.id DESC");
        return await SqlPages.ReadAsync(db, rows, Select("count(*)"), page, ReadTask, ct);

        SqlText Select(string what)
        {
            var sql = new SqlText($"SELECT {what} FROM task t WHERE t.execution_id = ").Parameter(executionId);
            TaskColumns.AppendFilter(sql, filter);
            return sql;
        }
    }

    /// <summary>Null when there is none, or it is another execution's.</summary>
    public async Task<JobTask?> FindTaskAsync(long executionId, long taskId, CancellationToken ct)
    {
        await using var command = db.Command($"SELECT {TaskFields} FROM task t WHERE t.id = $1 AND t.execution_id = $2").With(taskId, executionId);
        return await command.FindAsync(ReadTask, ct);
    }

    /// <summary>The task that runs, or ran last, in an execution that has but one; null when there is none.</summary>
    public async Task<JobTask?> FindOnlyTaskAsync(long executionId, CancellationToken ct)
    {
        await using var command = db.Command($"SELECT {TaskFields} FROM task t WHERE t.execution_id = $1 ORDER BY t.id DESC LIMIT 1").With(executionId);
        return await command.FindAsync(ReadTask, ct);
    }

    /// <summary>The same for many executions in one statement, by execution; those without a task are absent.</summary>
    public async Task<IReadOnlyDictionary<long, JobTask>> FindOnlyTasksAsync(long[] executionIds, CancellationToken ct)
    {
        await using var command = db.Command($"SELECT DISTINCT ON (t.execution_id) {TaskFields} FROM task t WHERE t.execution_id = ANY($1) ORDER BY t.execution_id, t.id DESC")
            .With((object)executionIds);
        return (await command.ListAsync(ReadTask, ct)).ToDictionary(task => task.ExecutionId);
    }

    /// <summary>The task, of whichever execution; null when there is none.</summary>
    public async Task<JobTask?> FindTaskAsync(long taskId, CancellationToken ct)
    {
        await using var command = db.Command($"SELECT {TaskFields} FROM task t WHERE t.id = $1").With(taskId);
        return await command.FindAsync(ReadTask, ct);
    }

    /// <summary>What a task has told so far, in pieces of 64 KiB or less.</summary>
    public async IAsyncEnumerable<string> ReadLogAsync(long taskId, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = db.Command("SELECT content FROM task_log WHERE task_id = $1 ORDER BY id").With(taskId);
        await using var reader = await command.ExecuteReaderAsync(System.Data.CommandBehavior.SequentialAccess, ct);
        while (await reader.ReadAsync(ct))
        {
            yield return reader.GetString(0);
        }
    }

    private static Execution Read(NpgsqlDataReader row)
    {
        var counts = row.GetFieldValue<long[]>(10);
        return new Execution
        {
            Id = row.GetInt64(0),
            VendorType = row.GetString(1),
            VendorId = row.GetInt64(2),
            Status = row.GetString(3),
            StatusMessage = row.GetString(4),
            Trigger = row.GetString(5),
            ExtraAttributes = Attributes(row.GetString(6)),
            StartTime = row.GetFieldValue<DateTimeOffset>(7),
            UpdateTime = row.GetFieldValue<DateTimeOffset>(8),
            EndTime = Time(row, 9),
            Counts = new TaskCounts(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]),
        };
    }

    private static JobTask ReadTask(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0),
        ExecutionId = row.GetInt64(1),
        Kind = row.GetString(2),
        Status = row.GetString(3),
        StatusMessage = row.GetString(4),
        RunCount = row.GetInt32(5),
        ExtraAttributes = Attributes(row.GetString(6)),
        CreationTime = row.GetFieldValue<DateTimeOffset>(7),
        StartTime = Time(row, 8),
        UpdateTime = row.GetFieldValue<DateTimeOffset>(9),
        EndTime = Time(row, 10),
    };

    internal static JsonObject Attributes(string json) => JsonNode.Parse(json) as JsonObject ?? [];

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
