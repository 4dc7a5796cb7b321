using Harbor.Platform.Data;
using Harbor.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Harbor.Platform.Jobs;

internal static class JobServices
{
    public static IServiceCollection AddJobs(this IServiceCollection services) => services
        .AddSingleton(provider => JobOptions.Read(provider.GetRequiredService<HarborOptions>()))
        .AddSingleton<JobCatalogue>()
        .AddSingleton<TaskQueue>()
        .AddSingleton<JobSignals>()
        .AddSingleton<JobRunner>()
        .AddSingleton<WorkerPools>()
        .AddSingleton<ExecutionListing>()
        .AddSingleton<Schedules>()
        .AddSingleton(provider => new Executions(provider.GetRequiredService<Database>(), provider.GetRequiredService<JobSignals>()))
        .AddSingleton(provider => new JobQueues(provider.GetRequiredService<Database>(), provider.GetRequiredService<JobSignals>()))
        .AddSingleton(provider => new JobWorkers(
            provider.GetRequiredService<TaskQueue>(), provider.GetRequiredService<JobRunner>(), provider.GetRequiredService<JobSignals>(), provider.GetRequiredService<WorkerPools>(),
            provider.GetRequiredService<JobCatalogue>(), provider.GetRequiredService<JobOptions>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<JobWorkers>>()))
        .AddSingleton<ScheduleClock>()
        .AddHostedService(provider => provider.GetRequiredService<JobWorkers>())
        .AddHostedService(provider => provider.GetRequiredService<ScheduleClock>());
}
