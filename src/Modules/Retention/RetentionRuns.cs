using System.Text.Json.Nodes;
using Harbor.Modules.Access;
using Harbor.Modules.Artifacts;
using Harbor.Platform.Data;
using Harbor.Platform.Jobs;

namespace Harbor.Modules.Retention;

/// <summary>Begins runs of a policy: by hand, and by its schedule.</summary>
internal sealed class RetentionRuns(Database db, Executions executions) : IScheduledWork
{
    // Who ordered what a schedule begins.
    private const string Nobody = "system";

    public string VendorType => RetentionPolicies.VendorType;

    /// <summary>Begins a run: a task for each repository that a rule speaks of.</summary>
    /// <returns>Id of the execution.</returns>
    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: the policy was deleted meanwhile.</exception>
    public Task<long> StartAsync(ProjectScope project, long policyId, bool isDryRun, CancellationToken ct) => db.TransactAsync(
        async tx => await StartAsync(tx, policyId, JobTrigger.Manual, isDryRun, project.Security.RecordedName) ?? throw RetentionErrors.NoSuchPolicy(policyId), ct);

    public Task FireAsync(Transaction tx, Schedule schedule) => StartAsync(tx, schedule.VendorId, JobTrigger.Schedule, isDryRun: false, Nobody);

    // Null: there is no such policy any more.
    private async Task<long?> StartAsync(Transaction tx, long policyId, string trigger, bool isDryRun, string orderedBy)
    {
        // Whoever deletes the policy holds its project FOR UPDATE, and looks for executions then.
        await tx.ExecuteAsync("SELECT 1 FROM project WHERE id = (SELECT project_id FROM retention_policy WHERE id = $1) FOR KEY SHARE", policyId);
        if (await RetentionPolicies.ReadAsync(tx, policyId) is not { } stored)
        {
            return null;
        }

        var execution = await executions.StartAsync(tx, new NewExecution(VendorType, policyId, trigger)
        {
            ExtraAttributes = new JsonObject { ["dry_run"] = isDryRun, ["operator"] = orderedBy },
        });
        var policy = stored.Definition.ToPolicy();
        var names = await RepositoryCounts.NamesAsync(tx, stored.ProjectId);
        NewTask<RetentionInput>[] tasks = [.. names.Where(name => policy.Covers(name.Path)).Select(name => new NewTask<RetentionInput>(
            new RetentionInput(policyId, name.Value, isDryRun, orderedBy), new JsonObject { ["repository"] = name.Path, ["dry_run"] = isDryRun }))];
        if (tasks.Length > 0)
        {
            await executions.EnqueueAllAsync(tx, execution, RetentionJob.Kind, tasks);
        }
        else
        {
            await executions.EndAsync(tx, execution, JobStatus.Success, "no resources for retention");
        }

        return execution;
    }
}
