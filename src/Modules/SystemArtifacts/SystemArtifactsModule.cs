using Harbor.Platform;
using Harbor.Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.SystemArtifacts;

/// <summary>Files that the server makes for somebody to fetch, such as exports, and their cleanup.</summary>
public static class SystemArtifactsModule
{
    public static IServiceCollection AddSystemArtifacts(this IServiceCollection services) => services
        .AddSingleton<SystemArtifacts>()
        .AddSingleton<IFirstStart, CleanupSchedule>()
        .AddSingleton<IScheduledWork, CleanupFiring>()
        .AddJob<SystemArtifactCleanup, CleanupInput>(SystemArtifactCleanup.Kind);
}
