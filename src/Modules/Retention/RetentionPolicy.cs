using Harbor.Modules.Artifacts.Deletion;

namespace Harbor.Modules.Retention;

/// <summary>A rule that is switched on: of these artifacts of these repositories, the template says which stay.</summary>
/// <param name="Repositories">All must select the repository.</param>
/// <param name="Tags">All must select the artifact.</param>
internal sealed record RetentionRule(
    RetentionTemplate Template, long Parameter, IReadOnlyList<RepositorySelector> Repositories, IReadOnlyList<TagSelector> Tags)
{
    /// <param name="repository">Name without the project.</param>
    public bool Covers(string repository) => Repositories.All(selector => selector.Selects(repository));

    public IEnumerable<PruneCandidate> Retain(IReadOnlyList<PruneCandidate> candidates, DateTimeOffset now) =>
        Template.Retain([.. candidates.Where(each => Tags.All(selector => selector.Selects(each)))], Parameter, now);
}

/// <summary>The rules of a policy that are switched on. An artifact stays when any of them retains it.</summary>
internal sealed record RetentionPolicy(IReadOnlyList<RetentionRule> Rules)
{
    /// <summary>Whether any rule speaks of a repository; the others are left alone.</summary>
    /// <param name="repository">Name without the project.</param>
    public bool Covers(string repository) => Rules.Any(rule => rule.Covers(repository));

    /// <summary>Judges all artifacts of one repository; ids of those that no rule retains. In a repository that no rule covers, none.</summary>
    /// <param name="now">One instant for a whole run, so that "the last 7 days" mean the same to each.</param>
    public IReadOnlySet<long> Judge(string repository, IReadOnlyList<PruneCandidate> candidates, DateTimeOffset now)
    {
        var speaking = Rules.Where(rule => rule.Covers(repository)).ToList();
        if (speaking.Count == 0)
        {
            return new HashSet<long>();
        }

        var retained = speaking.SelectMany(rule => rule.Retain(candidates, now)).Select(each => each.Id).ToHashSet();
        return candidates.Select(each => each.Id).Where(id => !retained.Contains(id)).ToHashSet();
    }
}
