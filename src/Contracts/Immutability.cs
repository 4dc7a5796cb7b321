namespace Harbor.Contracts;

/// <summary>A rule that keeps tags from being moved or deleted.</summary>
public sealed record ImmutableRuleDto
{
    public long Id { get; init; }

    public long Priority { get; init; }

    public bool Disabled { get; init; }

    public string? Action { get; init; }

    public string? Template { get; init; }

    public IReadOnlyList<ImmutableSelectorDto>? TagSelectors { get; init; }

    /// <summary>By what they select; <c>repository</c> is the one kind there is.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ImmutableSelectorDto>>? ScopeSelectors { get; init; }
}

public sealed record ImmutableSelectorDto
{
    /// <summary><c>doublestar</c>, the one kind there is.</summary>
    public string? Kind { get; init; }

    /// <summary><c>matches</c> or <c>excludes</c> for tags, <c>repoMatches</c> or <c>repoExcludes</c> for repositories.</summary>
    public string? Decoration { get; init; }

    public string? Pattern { get; init; }
}
