using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Access;

/// <summary>A project in which the caller was authorized for what he asks. Nobody else can make one.</summary>
/// <remarks>Data access takes the scope, never an id from a URL: a handler cannot reach a project that it was not let into.</remarks>
public sealed class ProjectScope
{
    private ProjectScope(ProjectInfo project, SecurityContext security)
    {
        Project = project;
        Security = security;
    }

    public ProjectInfo Project { get; }

    public SecurityContext Security { get; }

    public long Id => Project.Id;

    public string Name => Project.Name;

    /// <summary>The scope, or null when the caller lacks the permission.</summary>
    public static async ValueTask<ProjectScope?> FindAsync(
        SecurityContext security, ProjectInfo project, Resource resource, AccessAction action, CancellationToken ct) =>
        await security.CanAsync(project, resource, action, ct) ? new ProjectScope(project, security) : null;

    /// <summary>A further permission in the same project.</summary>
    public ValueTask<bool> CanAsync(Resource resource, AccessAction action, CancellationToken ct) =>
        Security.CanAsync(Project, resource, action, ct);

    /// <exception cref="Oci.RegistryException"><c>UNAUTHORIZED</c> or <c>FORBIDDEN</c>.</exception>
    public async ValueTask RequireAsync(Resource resource, AccessAction action, CancellationToken ct)
    {
        if (!await CanAsync(resource, action, ct))
        {
            throw AccessErrors.Refused(Security);
        }
    }

    /// <summary>Lets the framework pass the scope to a handler. Only a route that requires a project permission has one.</summary>
    public static ValueTask<ProjectScope?> BindAsync(HttpContext http) =>
        ValueTask.FromResult<ProjectScope?>(http.Features.Get<ProjectScope>()
            ?? throw new InvalidOperationException($"{http.GetEndpoint()?.DisplayName} takes a project without requiring a permission in one."));
}
