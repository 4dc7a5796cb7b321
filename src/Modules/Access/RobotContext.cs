namespace Harbor.Modules.Access;

/// <summary>A robot account. It may do what it was given and is never a system administrator.</summary>
/// <param name="name">Its login name, prefix and all.</param>
public sealed class RobotContext(long robotId, string name, RobotPolicy policy) : SecurityContext
{
    public long RobotId => robotId;

    public RobotPolicy Policy => policy;

    public override string Name => name;

    public override bool IsAuthenticated => true;

    public override bool Can(Resource resource, AccessAction action) => policy.AllowsInSystem(new Permission(resource, action));

    public override ValueTask<bool> CanAsync(ProjectInfo project, Resource resource, AccessAction action, CancellationToken ct) => ValueTask.FromResult(
        policy.Decide(project.Id, new Permission(resource, action))
        ?? (project.Public && policy.SeesWhatIsPublic && RolePolicies.AllowsEverybody(resource, action)));
}
