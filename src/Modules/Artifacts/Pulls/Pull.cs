using Harbor.Oci;

namespace Harbor.Modules.Artifacts.Pulls;

/// <summary>A manifest was pulled.</summary>
/// <param name="Repository">Full name.</param>
/// <param name="Tag">The tag it was asked for by; null: by digest.</param>
/// <param name="By">Name of the caller.</param>
public sealed record Pull(long ProjectId, long RepositoryId, string Repository, long ArtifactId, Digest Digest, string? Tag, string By);

/// <summary>One pull, or several that are alike, as they are written down.</summary>
/// <param name="Times">How many; more than one only when pulls come faster than they can be told apart.</param>
/// <param name="At">When, by the database's clock; of several, the first.</param>
public sealed record Pulled(Pull Pull, int Times, DateTimeOffset At);
