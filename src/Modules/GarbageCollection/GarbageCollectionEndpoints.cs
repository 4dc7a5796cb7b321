using System.Text.Json.Nodes;
using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.JobService;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Harbor.Platform.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.GarbageCollection;

/// <summary>Runs of the garbage collection and their schedule. Harbor API tag <c>gc</c>.</summary>
internal static class GarbageCollectionEndpoints
{
    private const string Root = "/system/gc";

    public static void MapGarbageCollectionOperations(this RouteGroupBuilder api)
    {
        var gc = api.MapGroup(Root).WithTags("gc");
        gc.MapGet("/", List).WithName("getGCHistory").RequireSystem(Resource.GarbageCollection, AccessAction.List);
        gc.MapGet("/{gc_id}", Get).WithName("getGC").RequireSystem(Resource.GarbageCollection, AccessAction.Read);
        gc.MapPut("/{gc_id}", Stop).WithName("stopGC").RequireSystem(Resource.GarbageCollection, AccessAction.Stop);
        gc.MapGet("/{gc_id}/log", GetLog).WithName("getGCLog").RequireSystem(Resource.GarbageCollection, AccessAction.Read);
        gc.MapGet("/schedule", GetSchedule).WithName("getGCSchedule").RequireSystem(Resource.GarbageCollection, AccessAction.Read);
        gc.MapPost("/schedule", CreateSchedule).WithName("createGCSchedule").RequireSystem(Resource.GarbageCollection, AccessAction.Create);
        gc.MapPut("/schedule", UpdateSchedule).WithName("updateGCSchedule").RequireSystem(Resource.GarbageCollection, AccessAction.Update);
    }

    private static async Task<PageResult<ExecHistoryDto>> List(FilterQuery q, SortQuery sort, PageRequest page, ExecutionListing executions, CancellationToken ct)
    {
        var runs = await executions.ListAsync(GarbageCollectionRuns.Vendor, GarbageCollectionRuns.VendorId, q, sort, page, ct);
        var tasks = await executions.FindOnlyTasksAsync([.. runs.Items.Select(run => run.Id)], ct);
        return new(page, runs.Select(run => ExecHistory.Of(run, Parameters(run, tasks.GetValueOrDefault(run.Id)))));
    }

    private static async Task<JsonAnswer<ExecHistoryDto>> Get(RunPath path, ExecutionListing executions, CancellationToken ct)
    {
        var run = await FindAsync(path, executions, ct);
        return JsonAnswer.Of(ExecHistory.Of(run, Parameters(run, await executions.FindOnlyTaskAsync(run.Id, ct))));
    }

    private static async Task<Ok> Stop(RunPath path, ExecutionListing listing, Executions executions, CancellationToken ct)
    {
        var run = await FindAsync(path, listing, ct);
        await executions.StopAsync(run.Id, ct);
        return TypedResults.Ok();
    }

    private static async Task<LogAnswer> GetLog(RunPath path, ExecutionListing executions, CancellationToken ct)
    {
        var run = await FindAsync(path, executions, ct);
        var task = await executions.FindOnlyTaskAsync(run.Id, ct) ?? throw GarbageCollectionErrors.LogNotFound(path.Id);
        return new LogAnswer(executions, task.Id);
    }

    private static async Task<ScheduleAnswer> GetSchedule(Schedules schedules, CancellationToken ct) =>
        new(await schedules.FindAsync(GarbageCollectionRuns.Vendor, GarbageCollectionRuns.VendorId, ct));

    private static async Task<Created> CreateSchedule(JsonBody<ScheduleRequest> schedule, GarbageCollectionRuns runs, CancellationToken ct) =>
        TypedResults.Created($"{ManagementApi.BasePath}{Root}/{await ApplyAsync(schedule.Value, runs, ct)}");

    private static async Task<Ok> UpdateSchedule(JsonBody<ScheduleRequest> schedule, GarbageCollectionRuns runs, CancellationToken ct)
    {
        await ApplyAsync(schedule.Value, runs, ct);
        return TypedResults.Ok();
    }

    private static Task<long> ApplyAsync(ScheduleRequest schedule, GarbageCollectionRuns runs, CancellationToken ct) =>
        runs.ApplyAsync(ScheduleForm.Read(schedule.Schedule, "scheduled gc"), RunParameters.Read(schedule.Parameters), ct);

    private static async Task<Execution> FindAsync(RunPath path, ExecutionListing executions, CancellationToken ct) =>
        await executions.FindAsync(GarbageCollectionRuns.Vendor, GarbageCollectionRuns.VendorId, path.Id, ct) ?? throw GarbageCollectionErrors.NotFound(path.Id);

    // What it was told, and what it has reported.
    private static JsonObject Parameters(Execution run, JobTask? task)
    {
        var all = run.ExtraAttributes.DeepClone().AsObject();
        foreach (var (name, value) in task?.ExtraAttributes ?? [])
        {
            all[name] = value?.DeepClone();
        }

        return all;
    }
}

internal sealed record RunPath(long Id) : IApiParameters<RunPath>
{
    private static readonly ApiParameter IdParameter = ApiParameter.PathNumber("gc_id");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [IdParameter];

    public static RunPath Read(HttpContext http) => new(IdParameter.ReadNumber(http));
}
