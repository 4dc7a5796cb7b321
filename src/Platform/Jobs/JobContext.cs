using System.Text.Json.Nodes;
using Harbor.Platform.Data;

namespace Harbor.Platform.Jobs;

/// <summary>What a job has while it runs: a log, a place to report to, and the fence around what it writes.</summary>
public sealed class JobContext
{
    private readonly Database db;
    private readonly TaskLog log;

    internal JobContext(Database db, ClaimedTask task, TaskLog log)
    {
        (this.db, this.log) = (db, log);
        (TaskId, ExecutionId, Attempt) = (task.Id, task.ExecutionId, task.Attempt);
    }

    public long TaskId { get; }

    public long ExecutionId { get; }

    /// <summary>1 for the first.</summary>
    public int Attempt { get; }

    /// <summary>Adds a line to the task's log. It is there within a second.</summary>
    public void Log(string line) => log.Add("INFO", line);

    public void Warn(string line) => log.Add("WARNING", line);

    /// <summary>Merges <paramref name="changes"/> into what is shown with the task.</summary>
    /// <exception cref="LeaseLostException">The task is another worker's by now.</exception>
    public async Task ReportAsync(JsonObject changes, CancellationToken ct)
    {
        await using var command = db.Command("""
            UPDATE task SET extra_attrs = extra_attrs || $3, update_time = harbor_now() WHERE id = $1 AND attempt = $2 AND status = 'Running'
            """).With(TaskId, Attempt, CommandExtensions.Jsonb(changes.ToJsonString()));
        if (await command.ExecuteNonQueryAsync(ct) == 0)
        {
            throw new LeaseLostException(TaskId);
        }
    }

    /// <summary>Runs a transaction in the task's name: while it is open, nobody else can take the task.</summary>
    /// <exception cref="LeaseLostException">The task is another worker's by now; nothing was done.</exception>
    public Task<T> TransactAsync<T>(Func<Transaction, Task<T>> work, CancellationToken ct) => db.TransactAsync(async tx =>
    {
        await HoldAsync(tx);
        return await work(tx);
    }, ct);

    /// <summary>The same for a transaction that was begun elsewhere. It comes first in it.</summary>
    /// <exception cref="LeaseLostException">The task is another worker's by now.</exception>
    public async Task HoldAsync(Transaction tx)
    {
        // FOR KEY SHARE waits for a claim and makes claims pass by; a renewal of the lease does neither.
        if (await tx.ScalarAsync<long>("SELECT id FROM task WHERE id = $1 AND attempt = $2 AND status = 'Running' FOR KEY SHARE", TaskId, Attempt) == 0)
        {
            throw new LeaseLostException(TaskId);
        }
    }
}
