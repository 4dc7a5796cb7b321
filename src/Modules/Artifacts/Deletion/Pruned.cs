namespace Harbor.Modules.Artifacts.Deletion;

/// <summary>What became of a repository that was pruned.</summary>
/// <param name="Candidates">Everything that was judged, as it was when that was decided.</param>
/// <param name="Deleted">Ids of those that are gone, or would be.</param>
/// <param name="Immutable">Ids of those that had to go and stay, because they, or what would go with them, have an immutable tag.</param>
/// <param name="Changed">Keys of cached facts, for this process to forget once the transaction is committed.</param>
public sealed record Pruned(
    IReadOnlyList<PruneCandidate> Candidates, IReadOnlySet<long> Deleted, IReadOnlySet<long> Immutable, IReadOnlyList<string> Changed);
