using Harbor.Oci;
using Harbor.Platform.Jobs;

namespace Harbor.Modules.Audit.Purge;

/// <summary>Removes old records. Each step is a short transaction of its own, so a stopped run keeps what it did, and another goes on.</summary>
internal sealed class PurgeJob(AuditPurge purge) : IJob<PurgeRequest>
{
    public static JobKind Kind { get; } = new("PURGE_AUDIT_LOG") { MaxConcurrency = 1 };

    public async Task RunAsync(PurgeRequest input, JobContext job, CancellationToken ct)
    {
        job.Log("Purge audit job start");
        var types = PurgedTypes.Parse(input.IncludeEventTypes);
        if (input.RetentionHours <= 0 || types.IsEmpty)
        {
            job.Log("Nothing is to be purged: no event type is included, or no number of hours above 0 is set");
            return;
        }

        var horizon = await purge.HorizonAsync(input.RetentionHours, ct);
        job.Log($"Records before {horizon.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} of the event types {input.IncludeEventTypes} go");
        if (input.DryRun)
        {
            job.Log($"[DRYRUN]Purged {await purge.CountAsync(horizon, types, ct)} rows of audit logs");
            return;
        }

        var purged = await DropMonthsAsync(horizon, types, job, ct) + await DeleteAsync(horizon, types, job, ct) + await DeleteOldAsync(horizon, types, job, ct);
        job.Log($"Purged {purged} rows of audit logs");
    }

    private async Task<long> DropMonthsAsync(DateTimeOffset horizon, PurgedTypes types, JobContext job, CancellationToken ct)
    {
        long purged = 0;
        foreach (var month in await purge.OldMonthsAsync(horizon, ct))
        {
            try
            {
                if (await job.TransactAsync(tx => AuditPurge.DropAsync(tx, month, types), ct) is { } rows)
                {
                    purged += rows;
                    job.Log($"{month}: dropped with {rows} rows");
                }
            }
            catch (RegistryException e) when (e.Code == ErrorCode.ServiceUnavailable)
            {
                // Somebody reads the log for long. Its rows go one by one; an empty month is dropped another time.
                job.Warn($"{month}: could not be dropped, the log is busy");
            }
        }

        return purged;
    }

    private static async Task<long> DeleteAsync(DateTimeOffset horizon, PurgedTypes types, JobContext job, CancellationToken ct)
    {
        long purged = 0;
        for (PurgePlace? place = PurgePlace.Start; place is { } from;)
        {
            (var count, place) = await job.TransactAsync(tx => AuditPurge.DeleteBatchAsync(tx, horizon, types, from), ct);
            purged += count;
        }

        return purged;
    }

    private static async Task<long> DeleteOldAsync(DateTimeOffset horizon, PurgedTypes types, JobContext job, CancellationToken ct)
    {
        long purged = 0;
        int count;
        do
        {
            count = await job.TransactAsync(tx => AuditPurge.DeleteOldBatchAsync(tx, horizon, types), ct);
            purged += count;
        }
        while (count == AuditPurge.BatchSize);

        return purged;
    }
}
