using Harbor.Modules.JobService;
using Harbor.Platform.Data;
using Harbor.Platform.Jobs;

namespace Harbor.Modules.Audit.Purge;

/// <summary>Begins purges: at once, and by the schedule, of which there is one.</summary>
internal sealed class PurgeRuns(Database db, Executions executions, Schedules schedules) : IScheduledWork
{
    private const long VendorId = -1;

    public string VendorType => PurgeJob.Kind.Name;

    public Task<Schedule?> FindScheduleAsync(CancellationToken ct) => schedules.FindAsync(VendorType, VendorId, ct);

    /// <summary>Does what a form asks for.</summary>
    /// <returns>Id of the execution that was begun; 0: none was.</returns>
    public Task<long> ApplyAsync(ScheduleForm form, PurgeRequest request, CancellationToken ct) => db.TransactAsync(async tx =>
    {
        if (form.IsManual)
        {
            return await StartAsync(tx, JobTrigger.Manual, request);
        }

        if (form.IsNone)
        {
            await schedules.RemoveAsync(tx, VendorType, VendorId);
        }
        else
        {
            await schedules.SetAsync(tx, new NewSchedule(VendorType, VendorId, form.Type, form.Cron) { ExtraAttributes = request.ToJson() });
        }

        return 0;
    }, ct);

    public Task FireAsync(Transaction tx, Schedule schedule) => StartAsync(tx, JobTrigger.Schedule, PurgeRequest.From(schedule.ExtraAttributes));

    private async Task<long> StartAsync(Transaction tx, string trigger, PurgeRequest request)
    {
        var execution = await executions.StartAsync(tx, new NewExecution(VendorType, VendorId, trigger) { ExtraAttributes = request.ToJson() });
        await executions.EnqueueAsync(tx, execution, PurgeJob.Kind, request);
        return execution;
    }
}
