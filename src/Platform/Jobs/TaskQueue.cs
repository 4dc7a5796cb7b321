using Harbor.Platform.Data;
using Npgsql;

namespace Harbor.Platform.Jobs;

/// <summary>The statements by which processes share tasks: who has one, until when, and how it ended.</summary>
/// <remarks>
/// A task is claimed under its row's lock for the length of a lease, which its process renews. The attempt counts claims and is the
/// fence: whatever is written in a task's name names the attempt, and a row that has another is not touched. Claiming and taking back
/// hold the row FOR UPDATE, so they pass over a task whose worker holds it FOR KEY SHARE in a transaction; renewing does not wait for that.
/// </remarks>
internal sealed class TaskQueue(Database db)
{
    /// <summary>How long a task stays with a process that is not heard of.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    /// <summary>Attempts that may end with the death of their process; a task that kills its worker must not do so for ever.</summary>
    public const int MaxDeaths = 5;

    private const string WorkerDied = "the process that ran the task was not heard of any more";

    /// <summary>Which of <paramref name="kinds"/> have tasks that may begin now.</summary>
    public async Task<List<string>> DueKindsAsync(string[] kinds, CancellationToken ct)
    {
        await using var command = db.Command($"""
            SELECT q.kind FROM job_queue q WHERE q.kind = ANY($1) AND NOT q.paused
                AND EXISTS (SELECT FROM task t WHERE t.kind = q.kind AND t.{TaskSql.Waiting} AND t.due_at <= harbor_now())
            """).With((object)kinds);
        return await command.ListAsync(row => row.GetString(0), ct);
    }

    /// <summary>Takes up to <paramref name="limit"/> tasks of a kind.</summary>
    public Task<List<ClaimedTask>> ClaimAsync(JobKind kind, Guid worker, int limit, CancellationToken ct) => db.TransactAsync(async tx =>
    {
        if (kind.MaxConcurrency > 0)
        {
            // Lock, then count in a following statement. Whoever else is claiming this kind takes what there is.
            if (await tx.ScalarAsync<string>("SELECT kind FROM job_queue WHERE kind = $1 FOR UPDATE SKIP LOCKED", kind.Name) is null)
            {
                return [];
            }

            var running = await tx.ScalarAsync<long>("SELECT count(*) FROM task WHERE kind = $1 AND status = 'Running'", kind.Name);
            limit = (int)Math.Min(limit, kind.MaxConcurrency - running);
        }

        return limit <= 0 ? [] : await tx.ListAsync($"""
            WITH next AS (
                SELECT id FROM task WHERE kind = $1 AND {TaskSql.Waiting} AND due_at <= harbor_now()
                ORDER BY priority DESC, due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED)
            UPDATE task SET status = 'Running', attempt = attempt + 1, worker = $3, lease_until = harbor_now() + $4,
                start_time = coalesce(start_time, harbor_now()), update_time = harbor_now()
            FROM next WHERE task.id = next.id
            RETURNING task.id, execution_id, kind, attempt, fails, input::text
            """, Read, kind.Name, limit, worker, Lease);
    }, ct);

    /// <summary>Renews what this process has. Answers the tasks that are its own still, and whether each is to stop.</summary>
    public async Task<List<(long Id, int Attempt, bool Stop)>> RenewAsync(Guid worker, CancellationToken ct)
    {
        await using var command = db.Command("""
            UPDATE task SET lease_until = harbor_now() + $2 WHERE worker = $1 AND status = 'Running' AND id IN (
                SELECT id FROM task WHERE worker = $1 AND status = 'Running' ORDER BY id FOR NO KEY UPDATE)
            RETURNING id, attempt, stop_requested
            """).With(worker, Lease);
        return await command.ListAsync(row => (row.GetInt64(0), row.GetInt32(1), row.GetBoolean(2)), ct);
    }

    /// <summary>Ends an attempt and its task, and the execution when it was the last one. False: it was another's already.</summary>
    public Task<bool> EndAsync(ClaimedTask task, string status, string message, CancellationToken ct) => db.TransactAsync(async tx =>
    {
        long[] execution = [task.ExecutionId];
        await using var reader = await tx.BatchAsync(
            (TaskSql.HoldExecutions, [execution]),
            ("""
                UPDATE task SET status = $3, status_message = $4, fails = fails + CASE WHEN $3 = 'Error' THEN 1 ELSE 0 END,
                    worker = NULL, lease_until = NULL, update_time = harbor_now(), end_time = harbor_now()
                WHERE id = $1 AND attempt = $2 AND status = 'Running' RETURNING id
                """, [task.Id, task.Attempt, status, message]),
            (TaskSql.EndExecutions, [execution]));
        await reader.NextResultAsync(tx.Ct);
        return await reader.ReadAsync(tx.Ct);
    }, ct);

    /// <summary>Puts a task that failed back, to be tried again after <paramref name="pause"/>. False: it is to stop, or another's already.</summary>
    public Task<bool> RetryAsync(ClaimedTask task, TimeSpan pause, string message, CancellationToken ct) => UpdateAsync("""
        UPDATE task SET status = 'Scheduled', status_message = $3, fails = fails + 1, due_at = harbor_now() + $4,
            worker = NULL, lease_until = NULL, update_time = harbor_now()
        WHERE id = $1 AND attempt = $2 AND status = 'Running' AND NOT stop_requested
        """, ct, task.Id, task.Attempt, message, pause);

    /// <summary>Puts a task back that the server's stop has interrupted: it did not fail. False as above.</summary>
    public Task<bool> ReturnAsync(ClaimedTask task, CancellationToken ct) => UpdateAsync("""
        UPDATE task SET status = 'Pending', worker = NULL, lease_until = NULL, update_time = harbor_now()
        WHERE id = $1 AND attempt = $2 AND status = 'Running' AND NOT stop_requested
        """, ct, task.Id, task.Attempt);

    /// <summary>Takes back the tasks of processes that are not heard of any more. Answers how many.</summary>
    public async Task<int> TakeBackAsync(CancellationToken ct)
    {
        // The rows first, the executions in a transaction of their own: the order of locks is the other way round.
        var ended = await db.TransactAsync(tx => tx.ListAsync("""
            UPDATE task SET
                status = CASE WHEN stop_requested THEN 'Stopped' WHEN deaths + 1 >= $1 THEN 'Error' ELSE 'Pending' END,
                end_time = CASE WHEN stop_requested OR deaths + 1 >= $1 THEN harbor_now() END,
                status_message = CASE WHEN stop_requested THEN status_message ELSE $2 END,
                deaths = deaths + 1, worker = NULL, lease_until = NULL, update_time = harbor_now()
            WHERE id IN (SELECT id FROM task WHERE status = 'Running' AND lease_until < harbor_now() FOR UPDATE SKIP LOCKED)
            RETURNING execution_id, end_time IS NOT NULL
            """, row => (Execution: row.GetInt64(0), Ended: row.GetBoolean(1)), MaxDeaths, WorkerDied), ct);
        if (ended.Any(each => each.Ended))
        {
            await SettleAsync([.. ended.Where(each => each.Ended).Select(each => each.Execution).Distinct()], ct);
        }

        return ended.Count;
    }

    /// <summary>Ends executions of which no task is left: a process may have died between ending the last task and this.</summary>
    public async Task SettleAsync(CancellationToken ct)
    {
        await using var command = db.Command("""
            SELECT id FROM execution e WHERE end_time IS NULL AND EXISTS (SELECT FROM task WHERE execution_id = e.id)
                AND NOT EXISTS (SELECT FROM task WHERE execution_id = e.id AND end_time IS NULL)
            """);
        if (await command.ListAsync(row => row.GetInt64(0), ct) is { Count: > 0 } done)
        {
            await SettleAsync([.. done], ct);
        }
    }

    /// <summary>Makes known which kinds there are, so that each can be paused.</summary>
    public async Task AddQueuesAsync(string[] kinds, CancellationToken ct)
    {
        await using var command = db.Command("INSERT INTO job_queue (kind) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING").With((object)kinds);
        await command.ExecuteNonQueryAsync(ct);
    }

    private Task SettleAsync(long[] executions, CancellationToken ct) => db.TransactAsync(async tx =>
    {
        await tx.ExecuteAsync(TaskSql.HoldExecutions, (object)executions);
        await tx.ExecuteAsync(TaskSql.EndExecutions, (object)executions);
    }, ct);

    private async Task<bool> UpdateAsync(string sql, CancellationToken ct, params object?[] values)
    {
        await using var command = db.Command(sql).With(values);
        return await command.ExecuteNonQueryAsync(ct) > 0;
    }

    private static ClaimedTask Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetInt32(3), row.GetInt32(4), row.GetString(5));
}
