using Harbor.Platform.Events;

namespace Harbor.Modules.Retention;

/// <summary>A policy was applied to a repository, and something was deleted. Each artifact has an <c>ArtifactDeleted</c> of its own, too.</summary>
/// <param name="Repository">Full name.</param>
/// <param name="Total">Artifacts that were judged.</param>
/// <param name="Retained">Those of them that are there still.</param>
/// <param name="Deleted">The first thousand of the others.</param>
/// <param name="Rules">JSON, as the API shows the rules of the policy.</param>
/// <param name="By">Who began the run; <c>system</c> for a schedule.</param>
public sealed record RetentionApplied(
    long ProjectId, string Project, long PolicyId, long ExecutionId, long TaskId, string Repository, int Total, int Retained,
    IReadOnlyList<RetentionDeletion> Deleted, string Rules, string By) : IDomainEvent
{
    public static string Kind => "retention.applied";
}

/// <param name="Tags">All that it had.</param>
/// <param name="Type">Such as <c>IMAGE</c>.</param>
public sealed record RetentionDeletion(string Digest, IReadOnlyList<string> Tags, string Type);
