namespace Harbor.Contracts;

/// <summary>One act of deleting that can be taken back.</summary>
public sealed record DeletionDto
{
    public long Id { get; init; }

    /// <summary>Full name.</summary>
    public required string RepositoryName { get; init; }

    /// <summary>What was asked to go: <c>artifact</c>, <c>tag</c> or <c>repository</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What did it, such as <c>api</c>, <c>registry</c> or <c>garbage collection</c>.</summary>
    public required string Reason { get; init; }

    [AlwaysPresent]
    public required string DeletedBy { get; init; }

    public DateTimeOffset DeletionTime { get; init; }

    /// <summary>The collector may free it from then on; until it does, it can be restored.</summary>
    public DateTimeOffset RestorableUntil { get; init; }

    [AlwaysPresent]
    public long ArtifactCount { get; init; }

    [AlwaysPresent]
    public long TagCount { get; init; }

    /// <summary>Bytes of its manifests and of the distinct blobs that they name, whether others need those or not.</summary>
    [AlwaysPresent]
    public long Size { get; init; }

    /// <summary>The artifacts, or as many of them as are shown at once.</summary>
    [AlwaysPresent]
    public IReadOnlyList<DeletedArtifactDto> Artifacts { get; init; } = [];

    /// <summary>Names of the tags, or of as many as are shown at once.</summary>
    [AlwaysPresent]
    public IReadOnlyList<string> Tags { get; init; } = [];
}

public sealed record DeletedArtifactDto
{
    public required string Digest { get; init; }

    public required string Type { get; init; }
}

/// <summary>What came back.</summary>
public sealed record RestoredDto
{
    [AlwaysPresent]
    public long ArtifactCount { get; init; }

    [AlwaysPresent]
    public long TagCount { get; init; }

    /// <summary>Tags that name something else meanwhile, and stay so.</summary>
    [AlwaysPresent]
    public IReadOnlyList<string> TakenTags { get; init; } = [];
}

public sealed record TrashEmptiedDto
{
    /// <summary>How many acts of deleting can no longer be taken back.</summary>
    [AlwaysPresent]
    public long DeletionCount { get; init; }
}
