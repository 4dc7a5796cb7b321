namespace Harbor.Modules.Immutability;

/// <summary>Selects what a pattern matches, or what it does not.</summary>
internal sealed record Selector(Glob Pattern, bool Excludes)
{
    public bool Selects(string name) => Pattern.IsMatch(name) != Excludes;
}

/// <summary>A rule that is switched on: these tags of these repositories are immutable.</summary>
internal sealed record ImmutabilityRule(Selector Repositories, Selector Tags)
{
    /// <param name="repository">Name without the project.</param>
    public bool Covers(string repository, string tag) => Repositories.Selects(repository) && Tags.Selects(tag);
}
