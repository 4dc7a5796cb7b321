namespace Harbor.Modules.Access;

/// <summary>A user who signed in, by password or by session. It lives as long as his request.</summary>
/// <param name="isSystemAdmin">By his row's flag.</param>
public sealed class UserContext(long userId, string name, bool isSystemAdmin, IProjectDirectory projects) : SecurityContext
{
    private IReadOnlyDictionary<long, IReadOnlyList<Role>>? roles;

    /// <summary>Ids of the groups that the system he signed in at counts him among.</summary>
    public IReadOnlyList<long> Groups { get; init; } = [];

    public bool AdminBySignIn { get; init; }

    public override string Name => name;

    public override bool IsAuthenticated => true;

    public override bool IsSystemAdmin => isSystemAdmin || AdminBySignIn;

    public override bool IsAdminBySignIn => AdminBySignIn;

    public override long? UserId => userId;

    public override async ValueTask<IReadOnlyDictionary<long, IReadOnlyList<Role>>> RolesAsync(CancellationToken ct) =>
        roles ??= await projects.RolesAsync(userId, Groups, ct);

    public override bool Can(Resource resource, AccessAction action) => IsSystemAdmin && action != AccessAction.ScannerPull;

    public override async ValueTask<bool> CanAsync(ProjectInfo project, Resource resource, AccessAction action, CancellationToken ct)
    {
        if (IsSystemAdmin)
        {
            return action != AccessAction.ScannerPull;
        }

        if (project.Public && RolePolicies.AllowsEverybody(resource, action))
        {
            return true;
        }

        return (await RolesAsync(ct)).TryGetValue(project.Id, out var held) && held.Any(role => RolePolicies.Allows(role, resource, action));
    }
}
