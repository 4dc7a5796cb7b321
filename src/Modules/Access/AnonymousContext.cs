namespace Harbor.Modules.Access;

/// <summary>A caller who did not say who he is, or could not prove it.</summary>
public sealed class AnonymousContext : SecurityContext
{
    public static readonly AnonymousContext Instance = new();

    private AnonymousContext()
    {
    }

    public override string Name => string.Empty;

    public override bool IsAuthenticated => false;

    public override bool Can(Resource resource, AccessAction action) => false;

    public override ValueTask<bool> CanAsync(ProjectInfo project, Resource resource, AccessAction action, CancellationToken ct) =>
        ValueTask.FromResult(project.Public && RolePolicies.AllowsEverybody(resource, action));
}
