using Harbor.Platform.Data;

namespace Harbor.Platform.Jobs;

/// <summary>The tasks of one kind that wait.</summary>
/// <param name="Latency">How long the oldest of them has been waiting since it could have been begun; zero when none does.</param>
public sealed record JobQueue(string Kind, long Count, TimeSpan Latency, bool Paused);

/// <summary>Shows, pauses and empties queues. A queue that is paused is only not taken from: what runs goes on.</summary>
public sealed class JobQueues
{
    /// <summary>The name that pauses schedules: it has no tasks.</summary>
    public const string Scheduler = "SCHEDULER";

    // Tasks ended in one transaction: few enough that it is over soon, so many that a long queue is empty in a moment.
    private const int StopBatch = 20_000;

    private readonly Database db;
    private readonly JobSignals signals;

    internal JobQueues(Database db, JobSignals signals)
    {
        (this.db, this.signals) = (db, signals);
    }

    public async Task<List<JobQueue>> ListAsync(CancellationToken ct)
    {
        await using var command = db.Command($"""
            SELECT q.kind, coalesce(w.count, 0), coalesce(w.latency, interval '0'), q.paused FROM job_queue q
            LEFT JOIN (SELECT kind, count(*) AS count, greatest(harbor_now() - min(due_at), interval '0') AS latency FROM task WHERE {TaskSql.Waiting} GROUP BY kind) w ON w.kind = q.kind
            ORDER BY q.kind
            """);
        return await command.ListAsync(row => new JobQueue(row.GetString(0), row.GetInt64(1), row.GetTimeSpan(2), row.GetBoolean(3)), ct);
    }

    public async Task<bool> IsPausedAsync(string kind, CancellationToken ct)
    {
        await using var command = db.Command("SELECT EXISTS (SELECT FROM job_queue WHERE kind = $1 AND paused)").With(kind);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <param name="kind">Null: all.</param>
    public Task PauseAsync(string? kind, CancellationToken ct) => db.TransactAsync(tx =>
        tx.ExecuteAsync("UPDATE job_queue SET paused = true WHERE ($1::text IS NULL OR kind = $1) AND NOT paused", kind), ct);

    /// <inheritdoc cref="PauseAsync"/>
    public Task ResumeAsync(string? kind, CancellationToken ct) => db.TransactAsync(async tx =>
    {
        signals.TasksAfter(tx);
        var resumed = await tx.ListAsync("UPDATE job_queue SET paused = false WHERE ($1::text IS NULL OR kind = $1) AND paused RETURNING kind", row => row.GetString(0), kind);
        if (resumed.Contains(Scheduler))
        {
            await SkipMissedAsync(tx);
        }
    }, ct);

    /// <summary>Ends the tasks that wait in a queue. They are Stopped, and so is an execution that has no others.</summary>
    /// <param name="kind">Null: in all.</param>
    /// <returns>How many.</returns>
    public async Task<long> StopWaitingAsync(string? kind, CancellationToken ct)
    {
        long total = 0;
        int stopped;
        do
        {
            stopped = await db.TransactAsync(tx => StopSomeAsync(tx, kind), ct);
            total += stopped;
        }
        while (stopped == StopBatch);

        return total;
    }

    private static async Task<int> StopSomeAsync(Transaction tx, string? kind)
    {
        // Executions are held before their tasks, as everywhere. A task that is taken meanwhile runs.
        var tasks = await tx.ListAsync($"SELECT id, execution_id FROM task WHERE {TaskSql.Waiting} AND ($1::text IS NULL OR kind = $1) ORDER BY kind, priority DESC, due_at, id LIMIT $2",
            row => (Id: row.GetInt64(0), Execution: row.GetInt64(1)), kind, StopBatch);
        if (tasks.Count == 0)
        {
            return 0;
        }

        var executions = tasks.Select(task => task.Execution).Distinct().ToArray();
        await tx.ExecuteAsync(TaskSql.HoldExecutions, (object)executions);
        await tx.ExecuteAsync($"""
            UPDATE task SET status = 'Stopped', end_time = harbor_now(), update_time = harbor_now()
            WHERE id = ANY($1) AND {TaskSql.Waiting}
            """, (object)tasks.Select(task => task.Id).ToArray());
        await tx.ExecuteAsync(TaskSql.EndExecutions, (object)executions);
        return tasks.Count;
    }

    // What was not to happen while schedules were paused does not happen afterwards either.
    private static async Task SkipMissedAsync(Transaction tx)
    {
        var now = await Schedules.NowAsync(tx);
        foreach (var schedule in await tx.ListAsync($"SELECT {Schedules.Fields} FROM schedule WHERE next_fire_at <= harbor_now() ORDER BY id FOR UPDATE", Schedules.Read))
        {
            await tx.ExecuteAsync("UPDATE schedule SET next_fire_at = $2 WHERE id = $1", schedule.Id, ScheduleClock.Next(schedule, now));
        }
    }
}
