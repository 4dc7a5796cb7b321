using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Harbor.Platform.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Retention;

/// <summary>Retention policies. Harbor API tag <c>Retention</c>. The policy's project decides who may do what, so each handler enters it.</summary>
internal static class RetentionEndpoints
{
    private const string Stop = "stop";

    public static void MapPolicies(this RouteGroupBuilder api)
    {
        var policies = api.MapGroup("/retentions").WithTags("Retention");
        policies.MapGet("/metadatas", () => JsonAnswer.Of(RetentionMetadata.Shown)).WithName("getRentenitionMetadata").RequireAuthenticated();
        policies.MapPost("/", Create).WithName("createRetention").RequireAuthenticated();
        policies.MapGet("/{id}", Get).WithName("getRetention").RequireAuthenticated();
        policies.MapPut("/{id}", Update).WithName("updateRetention").RequireAuthenticated();
        policies.MapDelete("/{id}", Delete).WithName("deleteRetention").RequireAuthenticated();
        policies.MapPost("/{id}/executions", Run).WithName("triggerRetentionExecution").RequireAuthenticated();
        policies.MapGet("/{id}/executions", ListExecutions).WithName("listRetentionExecutions").RequireAuthenticated();
        policies.MapPatch("/{id}/executions/{eid}", Operate).WithName("operateRetentionExecution").RequireAuthenticated();
        policies.MapGet("/{id}/executions/{eid}/tasks", ListTasks).WithName("listRetentionTasks").RequireAuthenticated();
        policies.MapGet("/{id}/executions/{eid}/tasks/{tid}", Log).WithName("getRetentionTaskLog").RequireAuthenticated();
    }

    private static async Task<CreatedAnswer> Create(
        JsonBody<RetentionPolicyDto> policy, SecurityContext security, PolicyAccess access, RetentionPolicies policies, CancellationToken ct)
    {
        var project = await access.EnterAsync(security, policy.Value.Scope, AccessAction.Create, ct);
        return new CreatedAnswer($"{await policies.AddAsync(project, RetentionDefinition.From(policy.Value), ct)}");
    }

    private static async Task<JsonAnswer<RetentionPolicyDto>> Get(
        PolicyPath path, SecurityContext security, PolicyAccess access, RetentionPolicies policies, CancellationToken ct)
    {
        var stored = await policies.FindAsync(path.Id, ct) ?? throw RetentionErrors.NotFound(path.Id);
        await access.EnterAsync(security, stored.ProjectId, AccessAction.Read, ct);
        return JsonAnswer.Of(stored.Definition.Show(stored.Id, stored.ProjectId, await policies.NextAsync(stored.Id, ct)));
    }

    // The project in the body is the one asked about; a policy of another is not there.
    private static async Task<Ok> Update(
        PolicyPath path, JsonBody<RetentionPolicyDto> policy, SecurityContext security, PolicyAccess access, RetentionPolicies policies, CancellationToken ct)
    {
        var project = await access.EnterAsync(security, policy.Value.Scope, AccessAction.Update, ct);
        await policies.UpdateAsync(project, path.Id, RetentionDefinition.From(policy.Value), ct);
        return TypedResults.Ok();
    }

    private static async Task<Ok> Delete(PolicyPath path, SecurityContext security, PolicyAccess access, RetentionPolicies policies, CancellationToken ct)
    {
        await policies.DeleteAsync(await access.EnterAsync(security, path, AccessAction.Delete, ct), path.Id, ct);
        return TypedResults.Ok();
    }

    private static async Task<CreatedAnswer> Run(
        PolicyPath path, JsonBody<RetentionRunRequest> body, SecurityContext security, PolicyAccess access, RetentionRuns runs, CancellationToken ct)
    {
        var project = await access.EnterAsync(security, path, AccessAction.Update, ct);
        return new CreatedAnswer($"{await runs.StartAsync(project, path.Id, body.Value.DryRun, ct)}");
    }

    private static async Task<PageResult<RetentionExecutionDto>> ListExecutions(
        PolicyPath path, FreePage page, SecurityContext security, PolicyAccess access, ExecutionListing executions, CancellationToken ct)
    {
        await access.EnterAsync(security, path, AccessAction.List, ct);
        var rows = await executions.ListAsync(RetentionPolicies.VendorType, path.Id, FilterQuery.Empty, SortQuery.Empty, page.Request, ct);
        return new(page.Request, rows.Select(RetentionHistory.Show));
    }

    private static async Task<Ok> Operate(
        PolicyPath path, ExecutionPath execution, JsonBody<RetentionActionRequest> body, SecurityContext security, PolicyAccess access,
        ExecutionListing executions, Executions running, CancellationToken ct)
    {
        await access.EnterAsync(security, path, AccessAction.Update, ct);
        if (body.Value.Action != Stop)
        {
            throw RetentionErrors.UnknownAction(body.Value.Action);
        }

        await running.StopAsync((await FindAsync(executions, path, execution, ct)).Id, ct);
        return TypedResults.Ok();
    }

    private static async Task<PageResult<RetentionTaskDto>> ListTasks(
        PolicyPath path, ExecutionPath execution, FreePage page, SecurityContext security, PolicyAccess access, ExecutionListing executions, CancellationToken ct)
    {
        await access.EnterAsync(security, path, AccessAction.List, ct);
        var found = await FindAsync(executions, path, execution, ct);
        var rows = await executions.ListTasksAsync(found.Id, FilterQuery.Empty, SortQuery.Empty, page.Request, ct);
        return new(page.Request, rows.Select(RetentionHistory.Show));
    }

    private static async Task<LogAnswer> Log(
        PolicyPath path, ExecutionPath execution, TaskPath task, SecurityContext security, PolicyAccess access, ExecutionListing executions, CancellationToken ct)
    {
        await access.EnterAsync(security, path, AccessAction.Read, ct);
        var found = await FindAsync(executions, path, execution, ct);
        var shown = await executions.FindTaskAsync(found.Id, task.Id, ct) ?? throw RetentionErrors.TaskNotFound(task.Id);
        return new LogAnswer(executions, shown.Id);
    }

    private static async Task<Execution> FindAsync(ExecutionListing executions, PolicyPath policy, ExecutionPath execution, CancellationToken ct) =>
        await executions.FindAsync(RetentionPolicies.VendorType, policy.Id, execution.Id, ct) ?? throw RetentionErrors.ExecutionNotFound(execution.Id);
}
