using Harbor.Platform.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Harbor.Platform.Jobs;

/// <summary>Begins what is scheduled when its time has come. Every replica has one; a firing is one transaction, so it happens once.</summary>
/// <remarks>Firings that were missed, because no server ran, are made up for by one. Those of a time when schedules were paused are not.</remarks>
public sealed class ScheduleClock(Database db, IEnumerable<IScheduledWork> works, TimeProvider clock, ILogger<ScheduleClock> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, IScheduledWork> byVendor = works.ToDictionary(work => work.VendorType, StringComparer.Ordinal);

    /// <summary>Begins everything that is due. Answers how many schedules have fired.</summary>
    public async Task<int> FireDueAsync(CancellationToken ct)
    {
        var fired = 0;
        while (await FireNextAsync(ct))
        {
            fired++;
        }

        return fired;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    await FireDueAsync(stoppingToken);
                }
                catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
                {
                    Log.ClockFailed(logger, e);
                }

                await Task.Delay(Interval, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; another replica or the next start fires what is due.
        }
    }

    private async Task<bool> FireNextAsync(CancellationToken ct)
    {
        Schedule? firing = null;
        try
        {
            return await db.TransactAsync(async tx =>
            {
                // Other releases may have kinds that this one does not know: those are left to them.
                firing = (await tx.ListAsync($"""
                    SELECT {Schedules.Fields} FROM schedule WHERE next_fire_at <= harbor_now() AND vendor_type = ANY($1)
                        AND NOT EXISTS (SELECT FROM job_queue WHERE kind = $2 AND paused)
                    ORDER BY next_fire_at LIMIT 1 FOR UPDATE SKIP LOCKED
                    """, Schedules.Read, byVendor.Keys.ToArray(), JobQueues.Scheduler)).SingleOrDefault();
                if (firing is null)
                {
                    return false;
                }

                var now = await Schedules.NowAsync(tx);
                await byVendor[firing.VendorType].FireAsync(tx, firing);
                await tx.ExecuteAsync("UPDATE schedule SET next_fire_at = $2 WHERE id = $1", firing.Id, Next(firing, now));
                return true;
            }, ct);
        }
        catch (Exception e) when (firing is not null && e is not OperationCanceledException)
        {
            Log.FiringFailed(logger, e, firing.Id, firing.VendorType, firing.VendorId);
            await using var later = db.Command("UPDATE schedule SET next_fire_at = harbor_now() + interval '1 minute' WHERE id = $1 AND next_fire_at <= harbor_now()").With(firing.Id);
            await later.ExecuteNonQueryAsync(ct);
            return true;
        }
    }

    internal static DateTimeOffset? Next(Schedule schedule, DateTimeOffset after) => Cron.TryParse(schedule.Cron, out var cron) ? cron.Next(after) : null;
}
