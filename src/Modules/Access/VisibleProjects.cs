namespace Harbor.Modules.Access;

/// <summary>Which projects a caller sees in lists.</summary>
/// <param name="All">Every project.</param>
/// <param name="MemberOf">Projects that he sees even when they are not public.</param>
public sealed record VisibleProjects(bool All, long[] MemberOf)
{
    /// <summary>SQL: whether everybody sees the project in whose row <c>project</c> is.</summary>
    public const string IsPublic =
        "EXISTS (SELECT 1 FROM project_metadata m WHERE m.project_id = project.id AND m.name = 'public' AND m.value = 'true')";

    public static async ValueTask<VisibleProjects> ToAsync(SecurityContext caller, CancellationToken ct)
    {
        if (caller.Can(Resource.Project, AccessAction.List))
        {
            return new VisibleProjects(All: true, []);
        }

        return caller is RobotContext robot ? Of(robot.Policy) : new VisibleProjects(All: false, [.. (await caller.RolesAsync(ct)).Keys]);
    }

    /// <summary>Whose content he sees in lists of it: a robot that may list projects does not see into them for that.</summary>
    public static ValueTask<VisibleProjects> InsideAsync(SecurityContext caller, CancellationToken ct) =>
        caller is RobotContext robot ? ValueTask.FromResult(Of(robot.Policy)) : ToAsync(caller, ct);

    /// <summary>What he finds by searching: robots find what is public.</summary>
    public static ValueTask<VisibleProjects> InSearchAsync(SecurityContext caller, CancellationToken ct) =>
        caller is RobotContext ? ValueTask.FromResult(new VisibleProjects(All: false, [])) : ToAsync(caller, ct);

    private static VisibleProjects Of(RobotPolicy robot) => new(robot.CoversAllProjects, [.. robot.Projects]);
}
