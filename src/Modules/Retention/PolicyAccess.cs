using Harbor.Contracts;
using Harbor.Modules.Access;

namespace Harbor.Modules.Retention;

/// <summary>Lets a caller into the project of a policy, if he may do there what he asks.</summary>
internal sealed class PolicyAccess(RetentionPolicies policies, IProjectDirectory projects)
{
    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: no such policy. <c>FORBIDDEN</c>.</exception>
    public async Task<ProjectScope> EnterAsync(SecurityContext security, PolicyPath path, AccessAction action, CancellationToken ct)
    {
        // That a policy is not there is said before anything about rights: Harbor does so, and numbers tell nobody anything.
        var stored = await policies.FindAsync(path.Id, ct) ?? throw RetentionErrors.NoSuchPolicy(path.Id);
        return await EnterAsync(security, stored.ProjectId, action, ct);
    }

    /// <param name="scope">As a client wrote it.</param>
    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: it names no project. <c>FORBIDDEN</c>.</exception>
    public async Task<ProjectScope> EnterAsync(SecurityContext security, RetentionScopeDto? scope, AccessAction action, CancellationToken ct) => scope switch
    {
        not { Level: RetentionErrors.Project } => throw RetentionErrors.InvalidLevel(scope?.Level),
        { Ref: <= 0 } => throw RetentionErrors.InvalidProject(scope.Ref),
        _ => await EnterAsync(security, scope.Ref, action, ct),
    };

    public async Task<ProjectScope> EnterAsync(SecurityContext security, long projectId, AccessAction action, CancellationToken ct) =>
        await projects.FindAsync(projectId, ct) is { } project
            ? await ProjectScope.FindAsync(security, project, Resource.TagRetention, action, ct) ?? throw AccessErrors.Refused(security)
            : throw (security.IsSystemAdmin ? RetentionErrors.ProjectNotFound(projectId) : AccessErrors.Refused(security));
}
