namespace Harbor.Modules.Audit.Purge;

/// <summary>Which records a purge takes, by their event types.</summary>
/// <param name="Named">Such as <c>create_artifact</c>; words that mean nothing select nothing.</param>
/// <param name="Others">Whether everything goes that is not about an artifact being pushed, pulled or deleted.</param>
internal sealed record PurgedTypes(IReadOnlyList<string> Named, bool Others)
{
    private const string Other = "other";

    /// <summary>What is kept apart, because there is so much of it.</summary>
    public static readonly string[] OfArtifacts = ["create_artifact", "delete_artifact", "pull_artifact"];

    public bool IsEmpty => Named.Count == 0 && !Others;

    /// <param name="list">Separated by commas.</param>
    public static PurgedTypes Parse(string list)
    {
        var words = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal).ToList();
        return new PurgedTypes([.. words.Where(word => word != Other)], words.Contains(Other));
    }
}
