using Harbor.Modules.Access;

namespace Harbor.Modules.Labels;

/// <summary>Where labels belong: to the whole system or to one project, in which the caller was authorized. Nobody else can make one.</summary>
public sealed class LabelLevel
{
    private LabelLevel(ProjectInfo? project) => Project = project;

    /// <summary>Null: the whole system.</summary>
    public ProjectInfo? Project { get; }

    /// <param name="projectId">Null for the whole system.</param>
    /// <exception cref="Oci.RegistryException"><c>UNAUTHORIZED</c>, <c>FORBIDDEN</c>; <c>NOT_FOUND</c> to those who may see every project.</exception>
    internal static async ValueTask<LabelLevel> RequireAsync(
        SecurityContext security, IProjectDirectory projects, long? projectId, AccessAction action, CancellationToken ct)
    {
        if (projectId is not { } id)
        {
            return security.Can(Resource.Label, action) ? new LabelLevel(null) : throw AccessErrors.RefusedInSystem(security);
        }

        var project = await projects.FindAsync(id, ct) ?? throw AccessErrors.NoSuchProject(security, $"{id}");
        return await security.CanAsync(project, Resource.Label, action, ct) ? new LabelLevel(project) : throw AccessErrors.Refused(security);
    }

    /// <summary>Labels that are everybody's to see.</summary>
    internal static LabelLevel ShownToAnyone { get; } = new(null);
}
