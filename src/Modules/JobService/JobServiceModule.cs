using Harbor.Platform;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Jobs;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.JobService;

/// <summary>Shows and steers the work behind the requests; the work itself is each module's, and the engine is <c>Platform/Jobs</c>.</summary>
public static class JobServiceModule
{
    public static IServiceCollection AddJobService(this IServiceCollection services) => services
        .AddSingleton<IComponentHealth, JobServiceHealth>()
        .AddSingleton<KeptExecutions>()
        .AddSingleton<IFirstStart, SweepSchedule>()
        .AddSingleton<IScheduledWork, SweepFiring>()
        .AddJob<ExecutionSweep, SweepInput>(ExecutionSweep.Kind);

    public static void MapJobService(this RouteGroupBuilder api)
    {
        api.MapJobServiceOperations();
        api.MapScheduleOperations();
    }
}
