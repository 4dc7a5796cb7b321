using Harbor.Modules.JobService;
using Harbor.Platform.Data;
using Harbor.Platform.Jobs;
using Harbor.Platform.Settings;

namespace Harbor.Modules.GarbageCollection;

/// <summary>Starts runs and keeps the one schedule there is.</summary>
internal sealed class GarbageCollectionRuns(Database db, Executions executions, Schedules schedules, HarborOptions options) : IScheduledWork
{
    /// <summary>There is but one.</summary>
    public const long VendorId = -1;

    public static string Vendor => GarbageCollectionJob.Kind.Name;

    public string VendorType => Vendor;

    /// <summary>Does what a schedule form says: runs now, keeps a schedule, or removes it.</summary>
    /// <returns>The execution that began; 0 when none did.</returns>
    public Task<long> ApplyAsync(ScheduleForm form, RunParameters parameters, CancellationToken ct) => db.TransactAsync(async tx =>
    {
        if (form.IsManual)
        {
            return await StartAsync(tx, JobTrigger.Manual, parameters);
        }

        if (form.IsNone)
        {
            await schedules.RemoveAsync(tx, Vendor, VendorId);
        }
        else
        {
            await schedules.SetAsync(tx, new NewSchedule(Vendor, VendorId, form.Type, form.Cron) { ExtraAttributes = parameters.ToAttributes(options.GarbageGrace) });
        }

        return 0;
    }, ct);

    public Task FireAsync(Transaction tx, Schedule schedule) => StartAsync(tx, JobTrigger.Schedule, RunParameters.From(schedule.ExtraAttributes));

    private async Task<long> StartAsync(Transaction tx, string trigger, RunParameters parameters)
    {
        var execution = await executions.StartAsync(tx, new NewExecution(Vendor, VendorId, trigger) { ExtraAttributes = parameters.ToAttributes(options.GarbageGrace) });
        await executions.EnqueueAsync(tx, execution, GarbageCollectionJob.Kind, parameters);
        return execution;
    }
}
