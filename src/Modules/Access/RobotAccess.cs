namespace Harbor.Modules.Access;

/// <summary>One thing that a robot was given, in the words it was given with.</summary>
/// <param name="Resource">As the catalogue calls it: a project itself is <c>project</c>.</param>
/// <param name="Effect"><c>allow</c>, <c>deny</c>, or empty, which allows; it is shown as it was given.</param>
public readonly record struct RobotAccess(string Resource, string Action, string Effect)
{
    public const string Allow = "allow";
    public const string Deny = "deny";

    public bool IsDenied => Effect == Deny;

    /// <summary>Reads the stored form, <c>resource:action</c> or <c>resource:action:effect</c>.</summary>
    public static RobotAccess Parse(string text)
    {
        var parts = text.Split(':');
        return new RobotAccess(parts[0], parts[1], parts.ElementAtOrDefault(2) ?? string.Empty);
    }

    /// <summary>The permission that it is about, as operations ask for it.</summary>
    public Permission In(RobotLevel kind) => new(
        kind == RobotLevel.Project && Resource == Access.Resource.Project.Text ? Access.Resource.Self : new Resource(Resource), new AccessAction(Action));

    /// <summary>The stored form.</summary>
    public override string ToString() => Effect.Length == 0 ? $"{Resource}:{Action}" : $"{Resource}:{Action}:{Effect}";
}

/// <summary>What a robot was given in one place.</summary>
/// <param name="ProjectId">The project, of the kind <see cref="RobotLevel.Project"/>; null: every project, present and future.</param>
public sealed record RobotGrant(RobotLevel Kind, long? ProjectId, IReadOnlyList<RobotAccess> Access);
