using System.Globalization;
using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Harbor.Platform.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.JobService;

/// <summary>What runs and what waits. Harbor API tag <c>jobservice</c>.</summary>
internal static class JobServiceEndpoints
{
    private const string All = "all";

    public static void MapJobServiceOperations(this RouteGroupBuilder api)
    {
        var jobs = api.MapGroup("/jobservice").WithTags("jobservice");
        jobs.MapGet("/pools", ListPools).WithName("getWorkerPools").RequireSystem(Resource.JobServiceMonitor, AccessAction.List);
        jobs.MapGet("/pools/{pool_id}/workers", ListWorkers).WithName("getWorkers").RequireSystem(Resource.JobServiceMonitor, AccessAction.List);
        jobs.MapPut("/jobs/{job_id}", Stop).WithName("stopRunningJob").RequireSystem(Resource.JobServiceMonitor, AccessAction.Stop);
        jobs.MapGet("/jobs/{job_id}/log", GetLog).WithName("actionGetJobLog").RequireSystem(Resource.JobServiceMonitor, AccessAction.List);
        jobs.MapGet("/queues", ListQueues).WithName("listJobQueues").RequireSystem(Resource.JobServiceMonitor, AccessAction.List);
        jobs.MapPut("/queues/{job_type}", Steer).WithName("actionPendingJobs").RequireSystem(Resource.JobServiceMonitor, AccessAction.Stop);
    }

    private static async Task<JsonAnswer<IReadOnlyList<WorkerPoolDto>>> ListPools(WorkerPools pools, CancellationToken ct) =>
        JsonAnswer.Of<IReadOnlyList<WorkerPoolDto>>([.. (await pools.ListAsync(ct)).Select(pool => new WorkerPoolDto
        {
            Pid = pool.ProcessId,
            WorkerPoolId = Name(pool.Id),
            StartAt = pool.StartedAt,
            HeartbeatAt = pool.HeartbeatAt,
            Concurrency = pool.Concurrency,
            Host = pool.Host,
        })]);

    private static async Task<JsonAnswer<IReadOnlyList<WorkerDto>>> ListWorkers(PoolPath path, WorkerPools pools, CancellationToken ct)
    {
        var shown = await pools.ListAsync(ct);
        if (path.PoolId != All)
        {
            shown = [.. shown.Where(pool => Name(pool.Id) == path.PoolId)];
            if (shown.Count == 0)
            {
                throw JobServiceErrors.PoolNotFound(path.PoolId);
            }
        }

        var busy = (await pools.ListBusyAsync(shown is [var only] ? only.Id : null, ct)).ToLookup(worker => worker.Pool);
        return JsonAnswer.Of<IReadOnlyList<WorkerDto>>([.. shown.SelectMany(pool => Workers(pool, [.. busy[pool.Id]]))]);
    }

    private static async Task<Ok> Stop(JobPath path, Executions executions, CancellationToken ct)
    {
        if (path.JobId == All)
        {
            await executions.StopRunningAsync(null, ct);
        }
        else if (JobIds.TryParse(path.JobId, out var task))
        {
            await executions.StopRunningAsync(task, ct);
        }

        return TypedResults.Ok();   // a job that is not there needs no stopping
    }

    private static async Task<LogAnswer> GetLog(JobPath path, ExecutionListing executions, CancellationToken ct) =>
        JobIds.TryParse(path.JobId, out var id) && await executions.FindTaskAsync(id, ct) is { } task
            ? new LogAnswer(executions, task.Id)
            : throw JobServiceErrors.JobNotFound(path.JobId);

    private static async Task<JsonAnswer<IReadOnlyList<JobQueueDto>>> ListQueues(JobQueues queues, CancellationToken ct) =>
        JsonAnswer.Of<IReadOnlyList<JobQueueDto>>([.. (await queues.ListAsync(ct)).Select(queue => new JobQueueDto
        {
            JobType = queue.Kind,
            Count = queue.Count,
            Latency = (long)queue.Latency.TotalSeconds,
            Paused = queue.Paused,
        })]);

    private static async Task<Ok> Steer(JobTypePath path, JsonBody<JobQueueActionRequest> action_request, JobQueues queues, CancellationToken ct)
    {
        if (action_request.Value.Action is not ("stop" or "pause" or "resume"))
        {
            throw JobServiceErrors.UnknownAction(action_request.Value.Action);
        }

        var kind = path.IsAll ? null : path.JobType.ToUpperInvariant();
        if (kind is not null && (await queues.ListAsync(ct)).TrueForAll(queue => queue.Kind != kind))
        {
            throw JobServiceErrors.QueueNotFound(path.JobType);
        }

        switch (action_request.Value.Action)
        {
            case "pause":
                await queues.PauseAsync(kind, ct);
                break;
            case "resume":
                await queues.ResumeAsync(kind, ct);
                break;
            default:
                await queues.StopWaitingAsync(kind, ct);
                break;
        }

        return TypedResults.Ok();
    }

    // Workers have no names of their own: they are the pool's first, second ..., and the busy ones come first.
    private static IEnumerable<WorkerDto> Workers(WorkerPool pool, BusyWorker[] busy) =>
        Enumerable.Range(0, Math.Max(pool.Concurrency, busy.Length)).Select(number => new WorkerDto
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"{Name(pool.Id)}-{number + 1}"),
            PoolId = Name(pool.Id),
            JobName = number < busy.Length ? busy[number].Kind : null,
            JobId = number < busy.Length ? JobIds.Of(busy[number].TaskId) : null,
            StartAt = number < busy.Length ? busy[number].StartedAt : null,
            CheckinAt = number < busy.Length ? busy[number].UpdatedAt : null,
        });

    private static string Name(Guid pool) => pool.ToString("N");
}
