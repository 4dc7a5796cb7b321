using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Listing;
using Harbor.Platform.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.JobService;

/// <summary>What is begun again and again. Harbor API tag <c>schedule</c>.</summary>
internal static class ScheduleEndpoints
{
    public static void MapScheduleOperations(this RouteGroupBuilder api)
    {
        var schedules = api.MapGroup("/schedules").WithTags("schedule");
        schedules.MapGet("/", List).WithName("listSchedules").RequireSystem(Resource.JobServiceMonitor, AccessAction.List);
        schedules.MapGet("/{job_type}/paused", GetPaused).WithName("getSchedulePaused").RequireAuthenticated();
    }

    private static async Task<PageResult<ScheduleTaskDto>> List(PageRequest page, Schedules schedules, CancellationToken ct) =>
        new(page, (await schedules.ListAsync(page, ct)).Select(schedule => new ScheduleTaskDto
        {
            Id = schedule.Id,
            VendorType = schedule.VendorType,
            VendorId = schedule.VendorId,
            Cron = schedule.Cron,
            UpdateTime = schedule.UpdateTime,
        }));

    private static async Task<JsonAnswer<SchedulerStatusDto>> GetPaused(JobTypePath path, JobQueues queues, CancellationToken ct) => path.IsAll
        ? JsonAnswer.Of(new SchedulerStatusDto { Paused = await queues.IsPausedAsync(JobQueues.Scheduler, ct) })
        : throw JobServiceErrors.OnlyAll();
}
