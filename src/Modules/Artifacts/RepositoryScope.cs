using Harbor.Modules.Access;
using Harbor.Oci;

namespace Harbor.Modules.Artifacts;

/// <summary>
/// A repository in a project that the caller was authorized for. What the module reads and writes, it reads and writes through a
/// scope, so a handler cannot reach content by a name it took from the URL.
/// </summary>
public sealed class RepositoryScope
{
    private RepositoryScope(ProjectInfo project, RepositoryName name, SecurityContext caller)
    {
        Project = project;
        Name = name;
        Caller = caller;
    }

    public ProjectInfo Project { get; }

    /// <summary>Full name; its first segment is the project.</summary>
    public RepositoryName Name { get; }

    public SecurityContext Caller { get; }

    /// <summary>A repository of a project in which the caller was authorized for what he asks.</summary>
    internal static RepositoryScope In(ProjectScope project, RepositoryName name) => name.Project == project.Name
        ? new RepositoryScope(project.Project, name, project.Security)
        : throw new InvalidOperationException($"{name} is not in the project {project.Name}.");

    /// <summary>A repository that the server itself works on, by its own rules.</summary>
    /// <param name="by">What is written down as who did it.</param>
    internal static RepositoryScope OfServer(ProjectInfo project, RepositoryName name, string by) => new(project, name, new ServerContext(by));

    /// <summary>The scope, if the caller may do <paramref name="action"/> to the project's repositories; else null.</summary>
    public static ValueTask<RepositoryScope?> AuthorizeAsync(
        SecurityContext caller, ProjectInfo project, RepositoryName name, AccessAction action, CancellationToken ct) =>
        AuthorizeAsync(caller, project, name, Resource.Repository, action, ct);

    public static async ValueTask<RepositoryScope?> AuthorizeAsync(
        SecurityContext caller, ProjectInfo project, RepositoryName name, Resource resource, AccessAction action, CancellationToken ct) =>
        name.Project == project.Name && await caller.CanAsync(project, resource, action, ct)
            ? new RepositoryScope(project, name, caller)
            : null;

    // No request ever has it.
    private sealed class ServerContext(string by) : SecurityContext
    {
        public override string Name => by;

        public override bool IsAuthenticated => true;

        public override bool Can(Resource resource, AccessAction action) => true;

        public override ValueTask<bool> CanAsync(ProjectInfo project, Resource resource, AccessAction action, CancellationToken ct) => ValueTask.FromResult(true);
    }
}
