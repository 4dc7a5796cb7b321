using System.Text.Json.Nodes;
using Harbor.Oci;
using Harbor.Platform.Data;

namespace Harbor.Platform.Jobs;

/// <summary>Begins, stops and removes executions. Everything happens in the transaction of its cause: no cause, no work; no work without a cause.</summary>
public sealed class Executions
{
    private readonly Database db;
    private readonly JobSignals signals;

    internal Executions(Database db, JobSignals signals)
    {
        (this.db, this.signals) = (db, signals);
    }

    /// <summary>Begins an execution; it is Running until its last task has ended. Tasks are added in the same transaction, or by tasks of its own.</summary>
    /// <returns>Its id.</returns>
    public Task<long> StartAsync(Transaction tx, NewExecution execution) => tx.ScalarAsync<long>("""
        INSERT INTO execution (vendor_type, vendor_id, status, trigger, extra_attrs, start_time, update_time)
        VALUES ($1, $2, 'Running', $3, $4, harbor_now(), harbor_now()) RETURNING id
        """, execution.VendorType, execution.VendorId, execution.Trigger, CommandExtensions.Jsonb((execution.ExtraAttributes ?? []).ToJsonString()));

    /// <param name="delay">How long it waits before it may be begun.</param>
    /// <param name="priority">Among tasks of its kind; a higher one is taken first.</param>
    /// <returns>The task's id.</returns>
    public Task<long> EnqueueAsync<TInput>(
        Transaction tx, long executionId, JobKind kind, TInput input, JsonObject? attributes = null, TimeSpan delay = default, short priority = 0)
        where TInput : class
    {
        signals.TasksAfter(tx);
        return tx.ScalarAsync<long>("""
            INSERT INTO task (execution_id, kind, status, input, extra_attrs, priority, due_at, creation_time, update_time)
            VALUES ($1, $2, $3, $4, $5, $6, harbor_now() + $7, harbor_now(), harbor_now()) RETURNING id
            """,
            executionId, kind.Name, delay > TimeSpan.Zero ? JobStatus.Scheduled : JobStatus.Pending, CommandExtensions.Jsonb(JobRegistrations.Write(input)),
            CommandExtensions.Jsonb((attributes ?? []).ToJsonString()), priority, delay);
    }

    /// <summary>The same for many tasks, in one statement.</summary>
    public Task EnqueueAllAsync<TInput>(Transaction tx, long executionId, JobKind kind, IReadOnlyCollection<NewTask<TInput>> tasks)
        where TInput : class
    {
        signals.TasksAfter(tx);
        return tx.ExecuteAsync("""
            INSERT INTO task (execution_id, kind, status, input, extra_attrs, due_at, creation_time, update_time)
            SELECT $1, $2, 'Pending', each.input::jsonb, each.attributes::jsonb, harbor_now(), harbor_now(), harbor_now()
            FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS each (input, attributes, place) ORDER BY each.place
            """,
            executionId, kind.Name, tasks.Select(task => JobRegistrations.Write(task.Input)).ToArray(), tasks.Select(task => (task.Attributes ?? []).ToJsonString()).ToArray());
    }

    /// <summary>Ends an execution that has got no task.</summary>
    /// <param name="status"><see cref="JobStatus.Success"/>, <see cref="JobStatus.Error"/> or <see cref="JobStatus.Stopped"/>.</param>
    public Task EndAsync(Transaction tx, long executionId, string status, string message) => tx.ExecuteAsync("""
        UPDATE execution SET status = $2, status_message = $3, end_time = harbor_now(), update_time = harbor_now() WHERE id = $1 AND end_time IS NULL
        """, executionId, status, message);

    /// <summary>Stops an execution: what waits is over at once, what runs is asked to end. One that is over already stays as it is.</summary>
    public Task StopAsync(long executionId, CancellationToken ct) => db.TransactAsync(tx => StopAsync(tx, [executionId]), ct);

    /// <inheritdoc cref="StopAsync(long, CancellationToken)"/>
    public async Task StopAsync(Transaction tx, long[] executionIds)
    {
        signals.StopsAfter(tx);
        await using var reader = await tx.BatchAsync(
            (TaskSql.HoldExecutions, [executionIds]),
            ($"""
                UPDATE task SET status = 'Stopped', end_time = harbor_now(), update_time = harbor_now() WHERE execution_id = ANY($1) AND {TaskSql.Waiting}
                """, [executionIds]),
            ("UPDATE task SET stop_requested = true WHERE execution_id = ANY($1) AND status = 'Running'", [executionIds]),
            (TaskSql.EndExecutions, [executionIds]),
            ("""
                UPDATE execution AS e SET status = 'Stopped', end_time = harbor_now(), update_time = harbor_now()
                WHERE e.id = ANY($1) AND e.end_time IS NULL AND NOT EXISTS (SELECT FROM task WHERE execution_id = e.id)
                """, [executionIds]));
    }

    /// <summary>Asks tasks that run to end; what waits beside them goes on.</summary>
    /// <param name="taskId">Null: all that run.</param>
    public Task StopRunningAsync(long? taskId, CancellationToken ct) => db.TransactAsync(tx =>
    {
        signals.StopsAfter(tx);
        return tx.ExecuteAsync("UPDATE task SET stop_requested = true WHERE status = 'Running' AND ($1::bigint IS NULL OR id = $1)", taskId);
    }, ct);

    /// <summary>Removes all executions of a vendor, with their tasks and logs.</summary>
    /// <exception cref="RegistryException"><c>PRECONDITION</c>: one of them is not over.</exception>
    public async Task DeleteAsync(Transaction tx, string vendorType, long vendorId)
    {
        // Lock, then look in a following statement.
        await tx.ExecuteAsync("SELECT FROM execution WHERE vendor_type = $1 AND vendor_id = $2 ORDER BY id FOR UPDATE", vendorType, vendorId);
        if (await tx.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM execution WHERE vendor_type = $1 AND vendor_id = $2 AND end_time IS NULL)", vendorType, vendorId))
        {
            throw new RegistryException(ErrorCode.Precondition, $"the executions of {vendorType} {vendorId} cannot be removed: one is still running");
        }

        await tx.ExecuteAsync("DELETE FROM task WHERE execution_id IN (SELECT id FROM execution WHERE vendor_type = $1 AND vendor_id = $2)", vendorType, vendorId);
        await tx.ExecuteAsync("DELETE FROM execution WHERE vendor_type = $1 AND vendor_id = $2", vendorType, vendorId);
    }

    /// <summary>Removes those executions of a vendor type that are over, but for the newest <paramref name="kept"/> of each vendor id.</summary>
    /// <returns>How many.</returns>
    public Task<int> SweepAsync(string vendorType, int kept, int limit, CancellationToken ct) => db.TransactAsync(async tx =>
    {
        var old = await tx.ListAsync("""
            SELECT id FROM (
                SELECT id, end_time, row_number() OVER (PARTITION BY vendor_id ORDER BY start_time DESC, id DESC) AS place FROM execution WHERE vendor_type = $1) AS e
            WHERE place > $2 AND end_time IS NOT NULL ORDER BY id LIMIT $3
            """, row => row.GetInt64(0), vendorType, kept, limit);
        await tx.ExecuteAsync("DELETE FROM task WHERE execution_id = ANY($1)", (object)old.ToArray());
        return await tx.ExecuteAsync("DELETE FROM execution WHERE id = ANY($1)", (object)old.ToArray());
    }, ct);
}
