using Harbor.Platform;
using Harbor.Platform.Data;
using Harbor.Platform.Jobs;

namespace Harbor.Modules.SystemArtifacts;

/// <summary>A cleanup needs to be told nothing.</summary>
internal sealed record CleanupInput;

/// <summary>Removes the server's own files when they are a day old, or were wanted no longer. Their bytes are erased a little later.</summary>
internal sealed class SystemArtifactCleanup : IJob<CleanupInput>
{
    private const int Batch = 500;

    private static readonly TimeSpan Age = TimeSpan.FromHours(24);

    public static JobKind Kind { get; } = new("SYSTEM_ARTIFACT_CLEANUP") { MaxConcurrency = 1 };

    public async Task RunAsync(CleanupInput input, JobContext job, CancellationToken ct)
    {
        var (total, bytes) = (0, 0L);
        int count;
        do
        {
            (count, var freed) = await job.TransactAsync(tx => SystemArtifacts.DeleteOldAsync(tx, Age, Batch), ct);
            (total, bytes) = (total + count, bytes + freed);
        }
        while (count == Batch);

        job.Log($"{total} system artifacts removed, {bytes} bytes");
    }
}

/// <summary>The schedule of the cleanup, which a fresh server has.</summary>
internal sealed class CleanupSchedule(Database db, Schedules schedules) : IFirstStart
{
    private const long VendorId = 0;
    private const string EveryDay = "0 0 0 * * *";

    public Task RunAsync(CancellationToken ct) =>
        db.TransactAsync(tx => schedules.AddAsync(tx, new NewSchedule(SystemArtifactCleanup.Kind.Name, VendorId, "Daily", EveryDay)), ct);
}

internal sealed class CleanupFiring(Executions executions) : IScheduledWork
{
    public string VendorType => SystemArtifactCleanup.Kind.Name;

    public async Task FireAsync(Transaction tx, Schedule schedule)
    {
        var execution = await executions.StartAsync(tx, new NewExecution(VendorType, schedule.VendorId, JobTrigger.Schedule));
        await executions.EnqueueAsync(tx, execution, SystemArtifactCleanup.Kind, new CleanupInput());
    }
}
