using System.Collections.Frozen;

namespace Harbor.Modules.Access.Tokens;

/// <summary>The bearer of a registry token. He may do what it lists, project by project, and nothing else.</summary>
/// <remarks>
/// The grain is the project: the last entry that names a repository of it stands for all of it. A token from before the project's
/// creation speaks of another project of that name, so for this one its bearer is an anonymous caller.
/// </remarks>
public sealed class TokenContext : SecurityContext
{
    private static readonly FrozenSet<AccessAction> Known =
        FrozenSet.ToFrozenSet([AccessAction.Pull, AccessAction.Push, AccessAction.Delete, AccessAction.ScannerPull]);

    private static readonly AccessAction[] Everything = [AccessAction.Pull, AccessAction.Push, AccessAction.Delete];

    private readonly string subject;
    private readonly DateTimeOffset issuedAt;
    private readonly FrozenDictionary<string, FrozenSet<AccessAction>> byProject;

    internal TokenContext(TokenClaims claims)
    {
        subject = claims.Subject;
        issuedAt = claims.IssuedAt;
        var projects = new Dictionary<string, FrozenSet<AccessAction>>(StringComparer.Ordinal);
        foreach (var entry in claims.Access)
        {
            if (entry.Type == TokenAccess.RepositoryType && entry.Name.IndexOf('/', StringComparison.Ordinal) is var slash and > 0)
            {
                projects[entry.Name[..slash]] = Read(entry.Actions);
            }
        }

        byProject = projects.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public override string Name => subject;

    /// <summary>An anonymous caller's token has no subject: he may pull with it, but is still nobody.</summary>
    public override bool IsAuthenticated => subject.Length > 0;

    public override bool Can(Resource resource, AccessAction action) => false;

    public override ValueTask<bool> CanAsync(ProjectInfo project, Resource resource, AccessAction action, CancellationToken ct) =>
        issuedAt + TokenReader.Leeway < project.CreationTime
            ? AnonymousContext.Instance.CanAsync(project, resource, action, ct)
            : ValueTask.FromResult(resource == Resource.Repository && byProject.TryGetValue(project.Name, out var actions) && actions.Contains(action));

    private static FrozenSet<AccessAction> Read(IReadOnlyList<string> actions) =>
        actions.SelectMany(action => action == "*" ? Everything : [new AccessAction(action)]).Where(Known.Contains).ToFrozenSet();
}
