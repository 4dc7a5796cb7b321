using System.Text.Json.Nodes;
using Harbor.Contracts;
using Harbor.Platform.Jobs;

namespace Harbor.Modules.JobService;

/// <summary>Shows runs and schedules of the system's own jobs in the one shape that Harbor has for them.</summary>
public static class ExecHistory
{
    /// <param name="parameters">What the run was told, and what it found.</param>
    public static ExecHistoryDto Of(Execution run, JsonObject parameters) => new()
    {
        Id = run.Id,
        JobName = run.VendorType,
        JobKind = run.Trigger,
        JobParameters = parameters.ToJsonString(),
        Schedule = new ScheduleObjDto { Type = run.Trigger == JobTrigger.Schedule ? "Schedule" : "Manual" },
        JobStatus = run.Status,
        CreationTime = run.StartTime,
        UpdateTime = run.UpdateTime,
    };

    public static ExecHistoryDto Of(Schedule schedule) => new()
    {
        Id = schedule.Id,
        JobKind = schedule.Cron,
        JobParameters = schedule.ExtraAttributes.ToJsonString(),
        Schedule = new ScheduleObjDto { Type = schedule.CronType, Cron = schedule.Cron, NextScheduledTime = schedule.NextFireAt ?? default },
        JobStatus = JobStatus.Running,   // Harbor's word for a schedule that is kept
        CreationTime = schedule.CreationTime,
        UpdateTime = schedule.UpdateTime,
    };
}
