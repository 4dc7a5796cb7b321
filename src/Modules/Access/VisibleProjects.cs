namespace Harbor.Modules.Access;

/// <summary>Which projects a caller sees in lists.</summary>
/// <param name="All">Every project.</param>
/// <param name="MemberOf">Projects that he sees even when they are not public.</param>
public sealed record VisibleProjects(bool All, long[] MemberOf)
{
    /// <summary>SQL: whether everybody sees the project in whose row <c>project</c> is.</summary>
    public const string IsPublic =
        "EXISTS (SELECT 1 FROM project_metadata m WHERE m.project_id = project.id AND m.name = 'public' AND m.value = 'true')";

    public static async ValueTask<VisibleProjects> ToAsync(SecurityContext caller, CancellationToken ct) =>
        caller.Can(Resource.Project, AccessAction.List)
            ? new VisibleProjects(All: true, [])
            : new VisibleProjects(All: false, [.. (await caller.RolesAsync(ct)).Keys]);
}
