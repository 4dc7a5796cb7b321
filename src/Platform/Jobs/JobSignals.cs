using System.Threading.Channels;
using Harbor.Platform.Data;
using Harbor.Platform.Events;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Harbor.Platform.Jobs;

/// <summary>Wakes those who wait for work: here at once, and in other replicas by a notification that many commits share.</summary>
/// <remarks>
/// It is sent after the commits, in a transaction of its own: commits that notify are serialized, and pushes must not be. One that is lost
/// costs a second, after which everybody looks anyway.
/// </remarks>
internal sealed class JobSignals
{
    private const string TasksKey = "jobs:tasks";
    private const string StopsKey = "jobs:stops";

    private readonly Channel<bool> tasks = Signal();
    private readonly Channel<bool> stops = Signal();
    private readonly Channel<string> outgoing = Channel.CreateBounded<string>(new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Database db;
    private readonly ILogger<JobSignals> logger;

    public JobSignals(Database db, ChangeFeed feed, ILogger<JobSignals> logger)
    {
        (this.db, this.logger) = (db, logger);
        feed.Subscribe(Hear, () =>
        {
            Hear(TasksKey);
            Hear(StopsKey);
        });
    }

    public ChannelReader<bool> Tasks => tasks.Reader;

    public ChannelReader<bool> Stops => stops.Reader;

    /// <summary>There may be a task to take, when the transaction is committed.</summary>
    public void TasksAfter(Transaction tx) => tx.Committed += () => Tell(TasksKey);

    /// <summary>A running task is to stop, when the transaction is committed.</summary>
    public void StopsAfter(Transaction tx) => tx.Committed += () => Tell(StopsKey);

    /// <summary>A worker here is free again.</summary>
    public void TaskEnded() => tasks.Writer.TryWrite(true);

    /// <summary>Tells other replicas what was told here, a few times a second at most.</summary>
    public async Task SendAsync(TimeProvider clock, CancellationToken ct)
    {
        while (await outgoing.Reader.WaitToReadAsync(ct))
        {
            var keys = new HashSet<string>(StringComparer.Ordinal);
            while (outgoing.Reader.TryRead(out var key))
            {
                keys.Add(key);
            }

            try
            {
                await using var command = db.Command("SELECT pg_notify($1, key) FROM unnest($2::text[]) AS key").With(ChangeFeed.Channel, keys.ToArray());
                await command.ExecuteNonQueryAsync(ct);
            }
            catch (NpgsqlException e)
            {
                Log.SignalNotSent(logger, e);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), clock, ct);
        }
    }

    private void Tell(string key)
    {
        Hear(key);
        outgoing.Writer.TryWrite(key);
    }

    private void Hear(string key)
    {
        if (key is TasksKey)
        {
            tasks.Writer.TryWrite(true);
        }
        else if (key is StopsKey)
        {
            stops.Writer.TryWrite(true);
        }
    }

    private static Channel<bool> Signal() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
}
