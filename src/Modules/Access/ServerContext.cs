namespace Harbor.Modules.Access;

/// <summary>The server itself at work in the background, for whoever ordered it. No request is ever made in its name.</summary>
/// <param name="orderedBy">Name in the records of what it does.</param>
public sealed class ServerContext(string orderedBy) : SecurityContext
{
    public override string Name => orderedBy;

    public override bool IsAuthenticated => true;

    public override bool Can(Resource resource, AccessAction action) => true;

    public override ValueTask<bool> CanAsync(ProjectInfo project, Resource resource, AccessAction action, CancellationToken ct) => ValueTask.FromResult(true);
}
