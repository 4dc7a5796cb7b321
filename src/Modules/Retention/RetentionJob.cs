using System.Text.Json.Nodes;
using Harbor.Modules.Access;
using Harbor.Modules.Artifacts;
using Harbor.Modules.Artifacts.Deletion;
using Harbor.Oci;
using Harbor.Platform.Events;
using Harbor.Platform.Jobs;

namespace Harbor.Modules.Retention;

/// <param name="Repository">Full name.</param>
/// <param name="OrderedBy">Who began the run; what it deletes is deleted by him.</param>
internal sealed record RetentionInput(long PolicyId, string Repository, bool DryRun, string OrderedBy);

/// <summary>Applies a policy to one repository. Run again, it judges what is left.</summary>
internal sealed class RetentionJob(RetentionPolicies policies, IProjectDirectory projects, ArtifactPruning pruning, ChangeFeed feed) : IJob<RetentionInput>
{
    private const string Reason = "retention";

    // An event is read whole: a run that deletes more names that many, and how many there were.
    private const int MaxTold = 1000;

    public static JobKind Kind { get; } = new(RetentionPolicies.VendorType);

    public async Task RunAsync(RetentionInput input, JobContext job, CancellationToken ct)
    {
        if (await policies.FindAsync(input.PolicyId, ct) is not { } stored || await ScopeAsync(stored, input, ct) is not { } scope)
        {
            job.Log("The policy is gone, or its project is: nothing is to be done.");
            return;
        }

        job.Log($"Run retention process.\n Repository: {scope.Name.Path} \n Rule Algorithm: or \n Dry Run: {(input.DryRun ? "true" : "false")}");
        var candidates = await pruning.ListAsync(scope, ct);
        job.Log($"Load {candidates.Count} candidates from repository {scope.Name.Path}");

        // One instant for both looks: "the last 7 days" must mean the same to each.
        var suspects = stored.Definition.ToPolicy().Judge(scope.Name.Path, candidates, stored.Now);
        var pruned = await job.TransactAsync(async tx =>
        {
            var result = await pruning.PruneAsync(tx, scope, suspects, Condemn, Reason, input.DryRun);
            if (!input.DryRun && result.Deleted.Count > 0)
            {
                await tx.PublishAsync(Applied(result, stored, scope, job));
            }

            return result;

            async Task<IReadOnlySet<long>> Condemn(IReadOnlyList<PruneCandidate> now) =>
                await RetentionPolicies.ReadAsync(tx, input.PolicyId) is { } current ? current.Definition.ToPolicy().Judge(scope.Name.Path, now, stored.Now) : new HashSet<long>();
        }, ct);
        foreach (var key in pruned.Changed)
        {
            feed.EvictLocally(key);
        }

        RetentionReport.Write(pruned, job);
        await job.ReportAsync(new JsonObject { ["total"] = pruned.Candidates.Count, ["retained"] = pruned.Candidates.Count - pruned.Deleted.Count }, ct);
    }

    private async Task<RepositoryScope?> ScopeAsync(StoredPolicy policy, RetentionInput input, CancellationToken ct) =>
        RepositoryName.TryParse(input.Repository, out var name) && await projects.FindAsync(policy.ProjectId, ct) is { } project
            ? await RepositoryScope.AuthorizeAsync(new ServerContext(input.OrderedBy), project, name, AccessAction.Delete, ct)
            : null;

    private static RetentionApplied Applied(Pruned pruned, StoredPolicy policy, RepositoryScope scope, JobContext job) => new(
        scope.Project.Id, scope.Project.Name, policy.Id, job.ExecutionId, job.TaskId, scope.Name.Value, pruned.Candidates.Count,
        pruned.Candidates.Count - pruned.Deleted.Count,
        [.. pruned.Candidates.Where(each => pruned.Deleted.Contains(each.Id)).Take(MaxTold).Select(each => new RetentionDeletion(each.Digest.Value, each.Tags, each.Type))],
        policy.Definition.Rules, scope.Caller.RecordedName);
}
