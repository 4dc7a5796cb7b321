using Harbor.Platform.Jobs;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.GarbageCollection;

/// <summary>Runs of the collector by hand and by schedule. The collector itself works on content rows and lives with them, in Artifacts.</summary>
public static class GarbageCollectionModule
{
    public static IServiceCollection AddGarbageCollection(this IServiceCollection services) => services
        .AddSingleton<GarbageCollectionRuns>()
        .AddSingleton<IScheduledWork>(provider => provider.GetRequiredService<GarbageCollectionRuns>())
        .AddJob<GarbageCollectionJob, RunParameters>(GarbageCollectionJob.Kind);

    public static void MapGarbageCollection(this RouteGroupBuilder api) => api.MapGarbageCollectionOperations();
}
