using System.Globalization;
using System.Text;
using Harbor.Platform.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Harbor.Platform.Jobs;

/// <summary>What one attempt tells its reader: gathered, and written once a second, so that a chatty job costs few statements.</summary>
/// <remarks>Of a very long log the newest 10 MiB are kept.</remarks>
internal sealed class TaskLog(Database db, ClaimedTask task, TimeProvider clock, ILogger logger) : IDisposable
{
    private const int MaxCharacters = 10 << 20;
    private const int TrimEvery = 1 << 20;
    private const int MaxPiece = 64 << 10;
    private const int MaxLine = 8 << 10;

    private readonly Lock gate = new();
    private readonly SemaphoreSlim writing = new(1);
    private StringBuilder gathered = new();
    private long total;
    private long untrimmed;

    public void Add(string level, string line)
    {
        var shown = line.Length > MaxLine ? $"{line.AsSpan(0, MaxLine)} ..." : line;
        lock (gate)
        {
            if (gathered.Length < MaxCharacters)
            {
                gathered.Append(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss'Z'} [{level}] {shown.Replace('\0', ' ')}\n");
            }
        }
    }

    public async Task FlushAsync(CancellationToken ct)
    {
        await writing.WaitAsync(ct);
        try
        {
            StringBuilder text;
            lock (gate)
            {
                if (gathered.Length == 0)
                {
                    return;
                }

                (text, gathered) = (gathered, new StringBuilder());
            }

            await WriteAsync(text.ToString(), ct);
        }
        catch (NpgsqlException e)
        {
            Log.LogNotWritten(logger, e, task.Id);
        }
        finally
        {
            writing.Release();
        }
    }

    public void Dispose() => writing.Dispose();

    private async Task WriteAsync(string text, CancellationToken ct)
    {
        for (var at = 0; at < text.Length; at += MaxPiece)
        {
            // Only while the attempt is the newest: what a worker says that lost its task is not the task's log.
            await using var insert = db.Command("INSERT INTO task_log (task_id, content) SELECT id, $3 FROM task WHERE id = $1 AND attempt = $2")
                .With(task.Id, task.Attempt, text.Substring(at, Math.Min(MaxPiece, text.Length - at)));
            await insert.ExecuteNonQueryAsync(ct);
        }

        (total, untrimmed) = (total + text.Length, untrimmed + text.Length);
        if (total > MaxCharacters && untrimmed > TrimEvery)
        {
            untrimmed = 0;
            await using var trim = db.Command("""
                DELETE FROM task_log WHERE task_id = $1 AND id IN (
                    SELECT id FROM (SELECT id, sum(length(content)) OVER (ORDER BY id DESC) AS newer FROM task_log WHERE task_id = $1) AS pieces WHERE newer > $2)
                """).With(task.Id, MaxCharacters);
            await trim.ExecuteNonQueryAsync(ct);
        }
    }
}
