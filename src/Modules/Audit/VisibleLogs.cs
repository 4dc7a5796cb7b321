using Harbor.Modules.Access;

namespace Harbor.Modules.Audit;

/// <summary>Which records a caller may read.</summary>
/// <param name="All">Every one.</param>
/// <param name="Projects">Projects whose records he may read.</param>
internal sealed record VisibleLogs(bool All, long[] Projects)
{
    public static VisibleLogs Of(ProjectScope project) => new(All: false, [project.Id]);

    /// <summary>All for those who may list the log; else those of the projects in which the caller has a role that shows it.</summary>
    public static async ValueTask<VisibleLogs> ToAsync(SecurityContext caller, CancellationToken ct)
    {
        if (caller.Can(Resource.AuditLog, AccessAction.List))
        {
            return new VisibleLogs(All: true, []);
        }

        var roles = await caller.RolesAsync(ct);
        return new VisibleLogs(All: false, [.. roles.Where(held => held.Value.Any(role => RolePolicies.Allows(role, Resource.Log, AccessAction.List))).Select(held => held.Key)]);
    }
}
