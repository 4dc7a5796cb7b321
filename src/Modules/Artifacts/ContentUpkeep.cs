using Harbor.Modules.Artifacts.Collection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Harbor.Modules.Artifacts;

/// <summary>Ends abandoned uploads and collects what nothing uses, every few minutes, on every replica: they share the work.</summary>
public sealed class ContentUpkeep(Uploads.Uploads uploads, GarbageCollector collector, TimeProvider clock, ILogger<ContentUpkeep> logger) : BackgroundService
{
    private const int SweepLimit = 1000;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private long lastRound = long.MinValue;

    /// <summary>Whether rounds still come when they should.</summary>
    public bool IsAlive => lastRound != long.MinValue && clock.GetElapsedTime(Interlocked.Read(ref lastRound)) < 3 * Interval;

    /// <summary>One round: sweeps, then collects, and erases what both disowned. Returns how many uploads ended and how many locations were erased.</summary>
    public async Task<(int Uploads, long Locations)> RunOnceAsync(CancellationToken ct)
    {
        var ended = 0;
        int swept;
        do
        {
            swept = await uploads.SweepAsync(SweepLimit, ct);
            ended += swept;
        }
        while (swept == SweepLimit);

        var collected = await collector.RunAsync(ct);
        if (ended + collected.Erased + collected.Blobs + collected.Manifests > 0)
        {
            Log.Tidied(logger, ended, collected.Manifests, collected.Blobs, collected.Erased);
        }

        return (ended, collected.Erased);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                Interlocked.Exchange(ref lastRound, clock.GetTimestamp());
                await TryRunAsync(stoppingToken);
                await Task.Delay(Interval, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; what is due is due at the next start, too.
        }
    }

    private async Task TryRunAsync(CancellationToken ct)
    {
        try
        {
            await RunOnceAsync(ct);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or UnauthorizedAccessException)
        {
            Log.TidyingFailed(logger, e);
        }
    }
}
