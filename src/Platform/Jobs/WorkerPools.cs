using Harbor.Platform.Data;

namespace Harbor.Platform.Jobs;

/// <summary>A process that takes tasks.</summary>
public sealed record WorkerPool(Guid Id, int ProcessId, string Host, int Concurrency, DateTimeOffset StartedAt, DateTimeOffset HeartbeatAt);

/// <summary>A task under way, and the pool whose worker has it.</summary>
public sealed record BusyWorker(Guid Pool, string Kind, long TaskId, DateTimeOffset? StartedAt, DateTimeOffset UpdatedAt);

/// <summary>The processes that take tasks, as each tells of itself.</summary>
public sealed class WorkerPools(Database db)
{
    // Twice as long as a lease: whoever is silent for longer has no task any more.
    private static readonly TimeSpan Silence = 2 * TaskQueue.Lease;

    public async Task<List<WorkerPool>> ListAsync(CancellationToken ct)
    {
        await using var command = db.Command("""
            SELECT id, process_id, host, concurrency, started_at, heartbeat_at FROM worker_pool WHERE heartbeat_at > harbor_now() - $1 ORDER BY started_at, id
            """).With(Silence);
        return await command.ListAsync(
            row => new WorkerPool(row.GetGuid(0), row.GetInt32(1), row.GetString(2), row.GetInt32(3), row.GetFieldValue<DateTimeOffset>(4), row.GetFieldValue<DateTimeOffset>(5)), ct);
    }

    /// <param name="pool">Null: of all.</param>
    public async Task<List<BusyWorker>> ListBusyAsync(Guid? pool, CancellationToken ct)
    {
        await using var command = db.Command("""
            SELECT worker, kind, id, start_time, update_time FROM task
            WHERE status = 'Running' AND worker IS NOT NULL AND ($1::uuid IS NULL OR worker = $1) ORDER BY start_time, id
            """).With(pool);
        return await command.ListAsync(
            row => new BusyWorker(
                row.GetGuid(0), row.GetString(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetFieldValue<DateTimeOffset>(3), row.GetFieldValue<DateTimeOffset>(4)), ct);
    }

    /// <summary>Tells that a process is there; forgets those that have not been for an hour.</summary>
    internal async Task BeatAsync(Guid id, int concurrency, CancellationToken ct)
    {
        await using var command = db.Command("""
            WITH gone AS (DELETE FROM worker_pool WHERE heartbeat_at < harbor_now() - interval '1 hour' AND id <> $1)
            INSERT INTO worker_pool (id, process_id, host, concurrency, started_at, heartbeat_at) VALUES ($1, $2, $3, $4, harbor_now(), harbor_now())
            ON CONFLICT (id) DO UPDATE SET heartbeat_at = harbor_now()
            """).With(id, Environment.ProcessId, Environment.MachineName, concurrency);
        await command.ExecuteNonQueryAsync(ct);
    }

    internal async Task RemoveAsync(Guid id, CancellationToken ct)
    {
        await using var command = db.Command("DELETE FROM worker_pool WHERE id = $1").With(id);
        await command.ExecuteNonQueryAsync(ct);
    }
}
