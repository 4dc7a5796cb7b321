using Harbor.Modules.Artifacts.Blobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Harbor.Modules.Artifacts;

/// <summary>Ends abandoned uploads and erases bytes that no row owns, every few minutes, on every replica: they share the work.</summary>
public sealed class ContentUpkeep(Uploads.Uploads uploads, Eraser eraser, TimeProvider clock, ILogger<ContentUpkeep> logger) : BackgroundService
{
    private const int SweepLimit = 1000;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private long lastRound = long.MinValue;

    /// <summary>Whether rounds still come when they should.</summary>
    public bool IsAlive => lastRound != long.MinValue && clock.GetElapsedTime(Interlocked.Read(ref lastRound)) < 3 * Interval;

    /// <summary>One round: sweeps, then erases. Returns how many uploads ended and how many locations were erased.</summary>
    public async Task<(int Uploads, int Locations)> RunOnceAsync(CancellationToken ct)
    {
        var ended = 0;
        int swept;
        do
        {
            swept = await uploads.SweepAsync(SweepLimit, ct);
            ended += swept;
        }
        while (swept == SweepLimit);

        var erased = await eraser.EraseDueAsync(ct);
        if (ended + erased > 0)
        {
            Log.Tidied(logger, ended, erased);
        }

        return (ended, erased);
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
