using Harbor.Platform;
using Harbor.Platform.Data;
using Harbor.Platform.Jobs;

namespace Harbor.Modules.JobService;

/// <summary>A sweep needs to be told nothing.</summary>
internal sealed record SweepInput;

/// <summary>Removes old executions that are over: of each vendor's policies the newest stay.</summary>
internal sealed class ExecutionSweep(Executions executions, KeptExecutions kept) : IJob<SweepInput>
{
    private const int Batch = 500;

    public static readonly JobKind Kind = new("EXECUTION_SWEEP") { MaxConcurrency = 1 };

    public async Task RunAsync(SweepInput input, JobContext job, CancellationToken ct)
    {
        foreach (var (vendorType, count) in kept.Counts)
        {
            var total = 0;
            int swept;
            do
            {
                ct.ThrowIfCancellationRequested();
                swept = await executions.SweepAsync(vendorType, count, Batch, ct);
                total += swept;
            }
            while (swept == Batch);

            if (total > 0)
            {
                job.Log($"{vendorType}: {total} executions removed, the newest {count} of each policy stay");
            }
        }
    }
}

/// <summary>The schedule of the sweep, which a fresh server has.</summary>
internal sealed class SweepSchedule(Database db, Schedules schedules) : IFirstStart
{
    internal const long VendorId = -1;
    private const string EveryDay = "0 0 0 * * *";

    public Task RunAsync(CancellationToken ct) =>
        db.TransactAsync(tx => schedules.AddAsync(tx, new NewSchedule(ExecutionSweep.Kind.Name, VendorId, "Custom", EveryDay)), ct);
}

internal sealed class SweepFiring(Executions executions) : IScheduledWork
{
    public string VendorType => ExecutionSweep.Kind.Name;

    public async Task FireAsync(Transaction tx, Schedule schedule)
    {
        var execution = await executions.StartAsync(tx, new NewExecution(VendorType, schedule.VendorId, JobTrigger.Schedule));
        await executions.EnqueueAsync(tx, execution, ExecutionSweep.Kind, new SweepInput());
    }
}
