using Harbor.Oci;

namespace Harbor.Modules.Artifacts.Deletion;

/// <summary>An artifact that a policy may decide about: visible, no accessory, and no part of a visible index.</summary>
/// <param name="Type">Such as <c>IMAGE</c>.</param>
/// <param name="Tags">In ordinal order; none when untagged.</param>
/// <param name="Labels">Names, in ordinal order.</param>
/// <param name="PushTime">The newest of its own and its tags'.</param>
/// <param name="PullTime">Likewise; null when it was never pulled.</param>
/// <param name="CreationTime">When it was first pushed here.</param>
/// <param name="IsFresh">Pushed, asked for by a pusher or untagged less than a grace ago: whatever a policy says, it is not pruned yet.</param>
public sealed record PruneCandidate(
    long Id, Digest Digest, string Type, IReadOnlyList<string> Tags, IReadOnlyList<string> Labels, DateTimeOffset PushTime, DateTimeOffset? PullTime,
    DateTimeOffset CreationTime, bool IsFresh);
