using System.Threading.Channels;
using Harbor.Platform.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Harbor.Platform.Events;

/// <summary>Tells listeners what has happened. Every replica runs one; they share the outbox row by row.</summary>
/// <remarks>
/// It wakes when this process has committed an event, gathers for a moment so that a burst of pushes costs a few transactions in all,
/// and looks once a second for what others left: replicas that died, listeners that failed. It never notifies through the database:
/// commits that notify are serialized.
/// </remarks>
public sealed class OutboxDispatcher : BackgroundService
{
    /// <summary>How many events are handled in one transaction.</summary>
    public const int BatchSize = 200;

    /// <summary>How often a listener gets an event that it fails on, before the event is set aside.</summary>
    public const int MaxAttempts = 10;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly Database db;
    private readonly Subscriptions subscriptions;
    private readonly TimeProvider clock;
    private readonly ILogger<OutboxDispatcher> logger;
    private readonly Channel<bool> wakeUps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public OutboxDispatcher(Database db, IEnumerable<IEventListener> listeners, TimeProvider clock, ILogger<OutboxDispatcher> logger)
    {
        (this.db, this.clock, this.logger) = (db, clock, logger);
        subscriptions = new Subscriptions(listeners);
        db.Published += () => wakeUps.Writer.TryWrite(true);
    }

    /// <summary>Handles what is due now. Answers how many events were taken.</summary>
    public async Task<int> DispatchAsync(CancellationToken ct)
    {
        var total = 0;
        int taken;
        do
        {
            taken = await DispatchBatchAsync(ct);
            total += taken;
        }
        while (taken == BatchSize);

        return total;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await TryDispatchAsync(stoppingToken);
                await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; what is not told yet is told by another replica, or at the next start.
        }
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        using (var waiting = CancellationTokenSource.CreateLinkedTokenSource(ct))
        {
            await Task.WhenAny(wakeUps.Reader.WaitToReadAsync(waiting.Token).AsTask(), Task.Delay(Poll, clock, waiting.Token));
            await waiting.CancelAsync();
        }

        if (wakeUps.Reader.TryRead(out _))
        {
            await Task.Delay(Gathering, clock, ct);
        }
    }

    private async Task TryDispatchAsync(CancellationToken ct)
    {
        try
        {
            if (await Outbox.IsAnyDueAsync(db, ct))
            {
                await DispatchAsync(ct);
            }
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Here a unit of work ends. The database is away, most likely; what is due stays due.
            Log.DispatchFailed(logger, e);
        }
    }

    private async Task<int> DispatchBatchAsync(CancellationToken ct)
    {
        List<OutboxRow> claimed = [];
        try
        {
            await db.TransactAsync(async tx =>
            {
                claimed = await Outbox.ClaimAsync(tx, subscriptions.Kinds, subscriptions.Names, BatchSize);
                if (claimed.Count > 0)
                {
                    await DeliverAsync(tx, claimed);
                    await Outbox.RemoveAsync(tx, [.. claimed.Select(row => row.Id)]);
                }
            }, ct);
        }
        catch (Exception e) when (claimed.Count > 0 && !ct.IsCancellationRequested)
        {
            // One of them, for one listener: each alone tells which. The others must not suffer for it.
            Log.BatchFailed(logger, e, claimed.Count);
            foreach (var row in claimed)
            {
                await DispatchAloneAsync(row.Id, ct);
            }
        }

        return claimed.Count;
    }

    private async Task DeliverAsync(Transaction tx, List<OutboxRow> rows)
    {
        var events = rows.Select(row => (Row: row, Happened: subscriptions.Read(row))).ToList();
        foreach (var group in events.SelectMany(each => subscriptions.Of(each.Row), (each, listener) => (listener, each.Happened)).GroupBy(each => each.listener))
        {
            await group.Key.HandleAsync(tx, [.. group.Select(each => each.Happened)]);
        }
    }

    private async Task DispatchAloneAsync(long id, CancellationToken ct)
    {
        var failed = new Dictionary<string, Exception>(StringComparer.Ordinal);
        while (true)
        {
            string? running = null;
            try
            {
                await db.TransactAsync(async tx =>
                {
                    running = null;
                    if (await Outbox.ClaimOneAsync(tx, id) is not { } row)
                    {
                        return;   // another replica has taken it
                    }

                    foreach (var listener in subscriptions.Of(row).Where(listener => !failed.ContainsKey(listener.Name)))
                    {
                        running = listener.Name;
                        await listener.HandleAsync(tx, [subscriptions.Read(row)]);
                    }

                    running = null;
                    await Outbox.RemoveAsync(tx, [row.Id]);
                    foreach (var (listener, error) in failed)
                    {
                        await PutOffAsync(tx, row, listener, error);
                    }
                }, ct);
                return;
            }
            catch (Exception e) when (running is not null && !ct.IsCancellationRequested)
            {
                failed.Add(running, e);   // once more, without that one
            }
        }
    }

    private async Task PutOffAsync(Transaction tx, OutboxRow row, string listener, Exception error)
    {
        var attempts = row.Attempts + 1;
        if (attempts < MaxAttempts)
        {
            Log.ListenerFailed(logger, error, listener, row.Kind, attempts);
            await Outbox.RetryAsync(tx, row, listener, Pause(attempts));
        }
        else
        {
            Log.EventSetAside(logger, error, listener, row.Kind, attempts);
            await Outbox.SetAsideAsync(tx, row, listener, $"{error.GetType().Name}: {error.Message}");
        }
    }

    // 1 s, 2 s, 4 s ...
    private static TimeSpan Pause(int attempts) =>
        TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, attempts - 1)));
}
