namespace Harbor.Modules.Access;

/// <summary>A user who signed in, by password or by session.</summary>
/// <param name="isSystemAdmin">By his row's flag, or as his sign-in granted it.</param>
public sealed class UserContext(long userId, string name, bool isSystemAdmin, IProjectDirectory projects) : SecurityContext
{
    public override string Name => name;

    public override bool IsAuthenticated => true;

    public override bool IsSystemAdmin => isSystemAdmin;

    public override long? UserId => userId;

    public override bool Can(Resource resource, AccessAction action) => isSystemAdmin && action != AccessAction.ScannerPull;

    public override async ValueTask<bool> CanAsync(ProjectInfo project, Resource resource, AccessAction action, CancellationToken ct)
    {
        if (isSystemAdmin)
        {
            return action != AccessAction.ScannerPull;
        }

        if (project.Public && RolePolicies.AllowsEverybody(resource, action))
        {
            return true;
        }

        var roles = await projects.RolesOfUserAsync(userId, ct);
        return roles.TryGetValue(project.Id, out var held) && held.Any(role => RolePolicies.Allows(role, resource, action));
    }
}
