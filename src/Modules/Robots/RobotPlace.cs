using Harbor.Modules.Access;

namespace Harbor.Modules.Robots;

/// <summary>Robots that the caller was let at: those of the system, or those of one project.</summary>
internal sealed class RobotPlace
{
    private RobotPlace(ProjectScope? project) => Project = project;

    /// <summary>Null: the system.</summary>
    public ProjectScope? Project { get; }

    /// <exception cref="Oci.RegistryException"><c>UNAUTHORIZED</c> or <c>FORBIDDEN</c>.</exception>
    public static RobotPlace EnterSystem(SecurityContext caller, AccessAction action) =>
        caller.Can(Resource.Robot, action) ? new RobotPlace(null) : throw AccessErrors.RefusedInSystem(caller);

    /// <inheritdoc cref="EnterSystem"/>
    public static async ValueTask<RobotPlace> EnterAsync(SecurityContext caller, ProjectInfo project, AccessAction action, CancellationToken ct) =>
        new(await ProjectScope.FindAsync(caller, project, Resource.Robot, action, ct) ?? throw AccessErrors.Refused(caller));
}

/// <summary>One robot that the caller was let at.</summary>
internal sealed class RobotScope
{
    private RobotScope(Robot robot) => Robot = robot;

    public Robot Robot { get; }

    public long Id => Robot.Id;

    /// <exception cref="Oci.RegistryException"><c>UNAUTHORIZED</c> or <c>FORBIDDEN</c>; <c>NOT_FOUND</c>: its project was deleted meanwhile, and it with it.</exception>
    public static async ValueTask<RobotScope> EnterAsync(
        SecurityContext caller, Robot robot, IProjectDirectory projects, AccessAction action, CancellationToken ct)
    {
        if (robot.ProjectId is { } projectId)
        {
            var project = await projects.FindAsync(projectId, ct) ?? throw RobotErrors.NotFound(robot.Id);
            await RobotPlace.EnterAsync(caller, project, action, ct);
        }
        else
        {
            RobotPlace.EnterSystem(caller, action);
        }

        return new RobotScope(robot);
    }
}
