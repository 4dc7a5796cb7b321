using Harbor.Modules.Projects;
using Harbor.Platform.Events;
using Harbor.Platform.Jobs;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.Retention;

/// <summary>Rules that say which artifacts of a project stay, and the runs that delete the others.</summary>
public static class RetentionModule
{
    public static IServiceCollection AddRetention(this IServiceCollection services) => services
        .AddSingleton<RetentionPolicies>()
        .AddSingleton<PolicyAccess>()
        .AddSingleton<RetentionRuns>()
        .AddSingleton<IScheduledWork>(provider => provider.GetRequiredService<RetentionRuns>())
        .AddSingleton<IProjectDeparture, RetentionDeparture>()
        .AddSingleton<IEventListener, RetentionListener>()
        .AddJob<RetentionJob, RetentionInput>(RetentionJob.Kind);

    public static void MapRetention(this RouteGroupBuilder api) => api.MapPolicies();
}
