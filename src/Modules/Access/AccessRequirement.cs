namespace Harbor.Modules.Access;

/// <summary>Who may call an endpoint; every endpoint of the management API says so in its metadata.</summary>
internal abstract record AccessRequirement
{
    /// <summary>Everybody. What is shown may still depend on the caller.</summary>
    public sealed record Anyone : AccessRequirement;

    /// <summary>Everybody, and nobody is looked at: credentials are not checked, the database is not asked.</summary>
    public sealed record Unexamined : AccessRequirement;

    public sealed record Authenticated : AccessRequirement;

    /// <summary>Other parts of the installation, by their secret; nobody else, whatever his rights.</summary>
    public sealed record Internal : AccessRequirement;

    public sealed record InSystem(Resource Resource, AccessAction Action) : AccessRequirement;

    public sealed record InProject(Resource Resource, AccessAction Action) : AccessRequirement;
}
