namespace Harbor.Contracts;

/// <summary>A repository as it is shown.</summary>
public sealed record RepositoryDto
{
    public long Id { get; init; }

    public long ProjectId { get; init; }

    /// <summary>With the project's name before it.</summary>
    public required string Name { get; init; }

    public string? Description { get; init; }

    [AlwaysPresent]
    public long ArtifactCount { get; init; }

    [AlwaysPresent]
    public long PullCount { get; init; }

    public DateTimeOffset? CreationTime { get; init; }

    public DateTimeOffset UpdateTime { get; init; }
}

public sealed record RepositoryRequest
{
    public string? Description { get; init; }
}
