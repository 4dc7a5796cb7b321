using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Harbor.Platform.Jobs;

/// <summary>Takes tasks and runs them. Every replica has one; they share the work row by row.</summary>
/// <remarks>
/// Two loops. One takes tasks: when it is woken by an enqueueing commit, when a worker gets free, and once a second. The other renews
/// the leases of what runs here, and hears who is to stop: at once when told, and every two seconds. When renewing has not worked for
/// <see cref="GiveUp"/>, all tasks are ended here before anybody else can take them.
/// </remarks>
public sealed class JobWorkers : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan GiveUp = TaskQueue.Lease - TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Guid self = Guid.CreateVersion7();
    private readonly ConcurrentDictionary<long, (RunningTask Task, Task Done)> running = new();
    private readonly SemaphoreSlim taking = new(1);
    private readonly TaskQueue queue;
    private readonly JobRunner runner;
    private readonly JobSignals signals;
    private readonly WorkerPools pools;
    private readonly JobCatalogue catalogue;
    private readonly JobOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<JobWorkers> logger;
    private long lastRound = long.MinValue;
    private long lastRenewal;
    private int turn;

    internal JobWorkers(
        TaskQueue queue, JobRunner runner, JobSignals signals, WorkerPools pools, JobCatalogue catalogue, JobOptions options, TimeProvider clock, ILogger<JobWorkers> logger)
    {
        (this.queue, this.runner, this.signals, this.pools) = (queue, runner, signals, pools);
        (this.catalogue, this.options, this.clock, this.logger) = (catalogue, options, clock, logger);
        lastRenewal = clock.GetTimestamp();
    }

    /// <summary>Whether tasks are looked for and leases renewed as they should be.</summary>
    public bool IsAlive =>
        Interlocked.Read(ref lastRound) is var round and not long.MinValue && clock.GetElapsedTime(round) < Patience
        && clock.GetElapsedTime(Interlocked.Read(ref lastRenewal)) < Patience;

    /// <summary>Runs what is due until nothing is, and waits for it to end. For tests, and for whoever cannot wait for a worker.</summary>
    public async Task RunDueAsync(CancellationToken ct)
    {
        await queue.AddQueuesAsync([.. Names(catalogue.Kinds), JobQueues.Scheduler], ct);
        while (await TakeAsync(ct) > 0 || !running.IsEmpty)
        {
            await Task.WhenAll(running.Values.Select(each => each.Done)).WaitAsync(ct);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(TakeLoopAsync(stoppingToken), BeatLoopAsync(stoppingToken), signals.SendAsync(clock, stoppingToken));
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            // Whatever was under way was cut short.
            await EndAsync();
        }
    }

    private async Task TakeLoopAsync(CancellationToken ct)
    {
        var known = false;
        while (!ct.IsCancellationRequested)
        {
            Interlocked.Exchange(ref lastRound, clock.GetTimestamp());
            try
            {
                if (!known)
                {
                    await queue.AddQueuesAsync([.. Names(catalogue.Kinds), JobQueues.Scheduler], ct);
                    known = true;
                }

                await TakeAsync(ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                // The database is away, most likely; what is due stays due.
                Log.LookingFailed(logger, e);
            }

            await WaitAsync(signals.Tasks, Poll, ct);
        }
    }

    /// <summary>One round over the kinds. Answers how many tasks were begun.</summary>
    private async Task<int> TakeAsync(CancellationToken ct)
    {
        await taking.WaitAsync(ct);
        try
        {
            if (options.Workers <= running.Count)
            {
                return 0;
            }

            var due = await queue.DueKindsAsync(Names(catalogue.Kinds), ct);
            var begun = 0;
            foreach (var (kind, share) in Shares(due))
            {
                foreach (var claimed in await queue.ClaimAsync(kind, self, share, ct))
                {
                    Begin(claimed);
                    begun++;
                }
            }

            return begun;
        }
        finally
        {
            taking.Release();
        }
    }

    // Higher priorities first; among equals the free workers are shared out, and whose turn it is first goes round, so that no queue waits for the end of another.
    private IEnumerable<(JobKind Kind, int Share)> Shares(List<string> due)
    {
        foreach (var group in catalogue.Kinds.Where(kind => due.Contains(kind.Name)).GroupBy(kind => kind.Priority))
        {
            var kinds = group.ToList();
            var first = turn++ % kinds.Count;
            for (var at = 0; at < kinds.Count && options.Workers > running.Count; at++)
            {
                var free = options.Workers - running.Count;
                yield return (kinds[(first + at) % kinds.Count], (free + kinds.Count - at - 1) / (kinds.Count - at));
            }
        }
    }

    private void Begin(ClaimedTask claimed)
    {
        var ending = new CancellationTokenSource();
        var task = new RunningTask(claimed, ending, clock.GetUtcNow());
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        running[claimed.Id] = (task, over.Task);
        _ = RunAsync();

        async Task RunAsync()
        {
            try
            {
                await runner.RunAsync(task);
            }
            finally
            {
                running.TryRemove(claimed.Id, out _);
                over.SetResult();
                ending.Dispose();
                signals.TaskEnded();
            }
        }
    }

    private async Task BeatLoopAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await BeatAsync(ct);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                Log.RenewingFailed(logger, e);
                if (clock.GetElapsedTime(Interlocked.Read(ref lastRenewal)) > GiveUp)
                {
                    InterruptAll(Interruption.LeaseLost);
                }
            }

            await WaitAsync(signals.Stops, BeatInterval, ct);
        }
    }

    private async Task BeatAsync(CancellationToken ct)
    {
        // Seen before the answer: what is begun meanwhile has a fresh lease.
        var here = running.ToArray();
        var sent = clock.GetTimestamp();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(GiveUp);
        if (here.Length > 0)
        {
            var ours = (await queue.RenewAsync(self, patience.Token)).ToDictionary(each => (each.Id, each.Attempt), each => each.Stop);
            foreach (var (_, (task, done)) in here)
            {
                if (!ours.TryGetValue((task.Claimed.Id, task.Claimed.Attempt), out var stop))
                {
                    // Unless it has just ended by itself, and is nobody's.
                    if (!done.IsCompleted)
                    {
                        task.Interrupt(Interruption.LeaseLost);
                    }
                }
                else if (stop)
                {
                    task.Interrupt(Interruption.StopAsked);
                }
            }
        }

        Interlocked.Exchange(ref lastRenewal, sent);
        await pools.BeatAsync(self, options.Workers, patience.Token);
        if (await queue.TakeBackAsync(patience.Token) is > 0 and var count)
        {
            Log.TakenBack(logger, count);
            signals.TaskEnded();
        }

        await queue.SettleAsync(patience.Token);
    }

    // The server stops: what runs goes back to its queue, for another replica or the next start.
    private async Task EndAsync()
    {
        InterruptAll(Interruption.ServerStops);
        try
        {
            await Task.WhenAll(running.Values.Select(each => each.Done)).WaitAsync(TaskQueue.Lease, clock);
            await pools.RemoveAsync(self, CancellationToken.None);
        }
        catch (Exception e) when (e is TimeoutException or NpgsqlException)
        {
            // A job that does not end when asked; its lease runs out.
            Log.LookingFailed(logger, e);
        }
    }

    private void InterruptAll(Interruption reason)
    {
        foreach (var (task, _) in running.Values)
        {
            task.Interrupt(reason);
        }
    }

    private async Task WaitAsync(ChannelReader<bool> signal, TimeSpan longest, CancellationToken ct)
    {
        using (var waiting = CancellationTokenSource.CreateLinkedTokenSource(ct))
        {
            await Task.WhenAny(signal.WaitToReadAsync(waiting.Token).AsTask(), Task.Delay(longest, clock, waiting.Token));
            await waiting.CancelAsync();
        }

        signal.TryRead(out _);
        ct.ThrowIfCancellationRequested();
    }

    private static string[] Names(IEnumerable<JobKind> kinds) => [.. kinds.Select(kind => kind.Name)];
}
