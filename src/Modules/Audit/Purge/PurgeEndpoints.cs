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

namespace Harbor.Modules.Audit.Purge;

/// <summary>Purging of the audit log. Harbor API tag <c>purge</c>.</summary>
internal static class PurgeEndpoints
{
    private const string Path = "/system/purgeaudit";

    public static void MapPurge(this RouteGroupBuilder api)
    {
        var purge = api.MapGroup(Path).WithTags("purge");
        purge.MapGet("/", List).WithName("getPurgeHistory").RequireSystem(Resource.PurgeAudit, AccessAction.List);
        purge.MapGet("/schedule", GetSchedule).WithName("getPurgeSchedule").RequireSystem(Resource.PurgeAudit, AccessAction.Read);
        purge.MapPost("/schedule", CreateSchedule).WithName("createPurgeSchedule").RequireSystem(Resource.PurgeAudit, AccessAction.Create);
        purge.MapPut("/schedule", UpdateSchedule).WithName("updatePurgeSchedule").RequireSystem(Resource.PurgeAudit, AccessAction.Update);
        purge.MapGet("/{purge_id}", Get).WithName("getPurgeJob").RequireSystem(Resource.PurgeAudit, AccessAction.Read);
        purge.MapPut("/{purge_id}", Stop).WithName("stopPurge").RequireSystem(Resource.PurgeAudit, AccessAction.Stop);
        purge.MapGet("/{purge_id}/log", Log).WithName("getPurgeJobLog").RequireSystem(Resource.PurgeAudit, AccessAction.Read);
    }

    private static async Task<PageResult<ExecHistoryDto>> List(
        FilterQuery q, SortQuery sort, PageRequest page, ExecutionListing executions, CancellationToken ct) =>
        new(page, (await executions.ListAsync(PurgeJob.Kind.Name, null, q, sort, page, ct)).Select(Show));

    private static async Task<JsonAnswer<ExecHistoryDto>> Get(PurgePath path, ExecutionListing executions, CancellationToken ct) =>
        JsonAnswer.Of(Show(await FindAsync(executions, path, ct)));

    private static async Task<Ok> Stop(PurgePath path, ExecutionListing executions, Executions running, CancellationToken ct)
    {
        await running.StopAsync((await FindAsync(executions, path, ct)).Id, ct);
        return TypedResults.Ok();
    }

    private static async Task<LogAnswer> Log(PurgePath path, ExecutionListing executions, CancellationToken ct)
    {
        var execution = await FindAsync(executions, path, ct);
        return new LogAnswer(executions, (await executions.FindOnlyTaskAsync(execution.Id, ct) ?? throw PurgeErrors.LogNotFound(path.Id)).Id);
    }

    // None: an empty answer, as Harbor's.
    private static async Task<Results<JsonAnswer<ExecHistoryDto>, EmptyHttpResult>> GetSchedule(PurgeRuns runs, CancellationToken ct) =>
        await runs.FindScheduleAsync(ct) is { } schedule ? JsonAnswer.Of(ExecHistory.Of(schedule)) : TypedResults.Empty;

    private static async Task<Created> CreateSchedule(JsonBody<ScheduleRequest> schedule, PurgeRuns runs, CancellationToken ct) =>
        TypedResults.Created($"{ManagementApi.BasePath}{Path}/{await ApplyAsync(schedule.Value, runs, ct)}");

    private static async Task<Ok> UpdateSchedule(JsonBody<ScheduleRequest> schedule, PurgeRuns runs, CancellationToken ct)
    {
        await ApplyAsync(schedule.Value, runs, ct);
        return TypedResults.Ok();
    }

    private static Task<long> ApplyAsync(ScheduleRequest asked, PurgeRuns runs, CancellationToken ct)
    {
        var request = PurgeRequest.From(asked.Parameters);
        return runs.ApplyAsync(ScheduleForm.Read(asked.Schedule, "scheduled log rotation purge"), request, ct);
    }

    private static ExecHistoryDto Show(Execution run) => ExecHistory.Of(run, run.ExtraAttributes);

    private static async Task<Execution> FindAsync(ExecutionListing executions, PurgePath path, CancellationToken ct) =>
        await executions.FindAsync(PurgeJob.Kind.Name, null, path.Id, ct) ?? throw PurgeErrors.NotFound(path.Id);
}

internal sealed record PurgePath(long Id) : IApiParameters<PurgePath>
{
    private static readonly ApiParameter IdParameter = ApiParameter.PathNumber("purge_id");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [IdParameter];

    public static PurgePath Read(HttpContext http) => new(IdParameter.ReadNumber(http));
}
