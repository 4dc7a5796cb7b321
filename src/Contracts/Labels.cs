namespace Harbor.Contracts;

/// <summary>A label as it is shown.</summary>
public sealed record LabelDto
{
    public long Id { get; init; }

    public string? Name { get; init; }

    public string? Description { get; init; }

    public string? Color { get; init; }

    public string? Scope { get; init; }

    public long ProjectId { get; init; }

    public DateTimeOffset CreationTime { get; init; }

    public DateTimeOffset UpdateTime { get; init; }
}

/// <summary>A label to make or to change; where one is put on an artifact, its id alone counts.</summary>
public sealed record LabelRequest
{
    public long Id { get; init; }

    public string? Name { get; init; }

    public string? Description { get; init; }

    public string? Color { get; init; }

    /// <summary><c>g</c>: for every project; <c>p</c>: for one.</summary>
    public string? Scope { get; init; }

    public long ProjectId { get; init; }
}
