using Harbor.Platform.Diagnostics;
using Harbor.Platform.Jobs;

namespace Harbor.Modules.JobService;

/// <summary>Whether tasks are looked for, and leases renewed, as they should be.</summary>
internal sealed class JobServiceHealth(JobWorkers workers) : IComponentHealth
{
    public string Name => "jobservice";

    public Task<string?> CheckAsync(CancellationToken ct) => Task.FromResult(workers.IsAlive ? null : "no job is looked for: the database does not answer, or the work has stopped");
}
