using Harbor.Modules.Access;

namespace Harbor.Modules.Robots;

/// <summary>Lets callers at robots. The robot's level decides which right that takes, so no route can name it.</summary>
internal sealed class RobotGate(RobotAccounts robots, IProjectDirectory projects)
{
    /// <summary>To the place of a robot to be made.</summary>
    /// <exception cref="Oci.RegistryException">
    /// <c>UNAUTHORIZED</c>, <c>FORBIDDEN</c>; <c>DENIED</c>: the caller is a robot and gives more than it has; <c>NOT_FOUND</c>: no such project.
    /// </exception>
    public async ValueTask<RobotPlace> EnterAsync(SecurityContext caller, RobotSpec wanted, CancellationToken ct)
    {
        RobotPlace place;
        if (wanted.Level == RobotLevel.System)
        {
            place = RobotPlace.EnterSystem(caller, AccessAction.Create);
        }
        else
        {
            var project = await FindAsync(wanted.Permissions[0], ct) ?? throw RefusedProject(caller, wanted.Permissions[0].Namespace);
            place = await RobotPlace.EnterAsync(caller, project, AccessAction.Create, ct);
        }

        if (caller is RobotContext robot)
        {
            await CheckAsync(robot.Policy, wanted, ct);
        }

        return place;
    }

    /// <summary>To the robots of a project, or of the system.</summary>
    /// <exception cref="Oci.RegistryException"><c>UNAUTHORIZED</c>, <c>FORBIDDEN</c>, <c>NOT_FOUND</c>.</exception>
    public async ValueTask<RobotPlace> EnterAsync(SecurityContext caller, long? projectId, CancellationToken ct)
    {
        if (projectId is not { } id)
        {
            return RobotPlace.EnterSystem(caller, AccessAction.List);
        }

        var project = await projects.FindAsync(id, ct) ?? throw AccessErrors.NoSuchProject(caller, $"{id}");
        return await RobotPlace.EnterAsync(caller, project, AccessAction.List, ct);
    }

    /// <summary>To one robot. A missing one is missing for everybody, as in Harbor.</summary>
    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>, <c>UNAUTHORIZED</c>, <c>FORBIDDEN</c>.</exception>
    public async ValueTask<RobotScope> EnterAsync(SecurityContext caller, long id, AccessAction action, CancellationToken ct) =>
        await RobotScope.EnterAsync(caller, await robots.GetAsync(id, ct), projects, action, ct);

    /// <summary>To a robot that shall be changed into <paramref name="wanted"/>.</summary>
    /// <exception cref="Oci.RegistryException">
    /// <c>BAD_REQUEST</c>: it would leave its project; <c>NOT_FOUND</c>: the project named is not there; <c>UNAUTHORIZED</c>, <c>FORBIDDEN</c>.
    /// </exception>
    public async ValueTask<RobotScope> EnterAsync(SecurityContext caller, Robot robot, RobotSpec wanted, CancellationToken ct)
    {
        if (robot.ProjectId is { } home)
        {
            var named = await FindAsync(wanted.Permissions[0], ct) ?? throw RobotErrors.ProjectNotFound(wanted.Permissions[0].Namespace);
            if (named.Id != home)
            {
                throw RobotErrors.AnotherProject();
            }
        }

        return await RobotScope.EnterAsync(caller, robot, projects, AccessAction.Update, ct);
    }

    private async ValueTask CheckAsync(RobotPolicy creator, RobotSpec wanted, CancellationToken ct)
    {
        foreach (var permission in wanted.Permissions)
        {
            // What is not there has no number: only what the creator has everywhere reaches it.
            var isNamed = permission is { Kind: RobotLevel.Project, Namespace: not RobotPermission.EveryProject };
            long? projectId = isNamed ? (await FindAsync(permission, ct))?.Id ?? 0 : null;
            foreach (var access in permission.Access)
            {
                if (!creator.MayGive(permission.Kind, projectId, access))
                {
                    throw RobotErrors.Exceeds(permission.Kind, permission.Namespace, access);
                }
            }
        }
    }

    private ValueTask<ProjectInfo?> FindAsync(RobotPermission permission, CancellationToken ct) => projects.FindAsync(permission.Namespace, ct);

    private static Oci.RegistryException RefusedProject(SecurityContext caller, string name) =>
        caller.IsSystemAdmin ? RobotErrors.ProjectNotFound(name) : AccessErrors.Refused(caller);
}
