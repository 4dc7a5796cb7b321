using Harbor.Modules.Artifacts.Deletion;
using Harbor.Modules.Immutability;

namespace Harbor.Modules.Retention;

/// <summary>Selects repositories by their name without the project.</summary>
/// <param name="Pattern">Null: everything.</param>
internal sealed record RepositorySelector(Glob? Pattern, bool Excludes)
{
    public bool Selects(string repository) => (Pattern is null || Pattern.IsMatch(repository)) != Excludes;
}

/// <summary>Selects artifacts by their tags: one that matches is enough, or, to be excluded, one that does not.</summary>
/// <param name="Pattern">Null: everything.</param>
/// <param name="Untagged">What the rule says of artifacts without a tag: whether they count as matching.</param>
internal sealed record TagSelector(Glob? Pattern, bool Excludes, bool Untagged)
{
    public bool Selects(PruneCandidate artifact) => artifact.Tags.Count == 0
        ? Untagged != Excludes
        : artifact.Tags.Any(tag => (Pattern is null || Pattern.IsMatch(tag)) != Excludes);
}
