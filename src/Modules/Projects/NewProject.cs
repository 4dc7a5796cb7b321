using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Configuration;
using Harbor.Modules.Quotas;

namespace Harbor.Modules.Projects;

/// <summary>A project about to be made: who may make it, and what it starts with.</summary>
/// <param name="OwnerId">Null: no person makes it, and an administrator becomes the owner.</param>
internal sealed record NewProject(string Name, long? OwnerId, IReadOnlyDictionary<string, string> Metadata, long Quota)
{
    /// <exception cref="Oci.RegistryException"><c>FORBIDDEN</c>: projects, or this kind, are the administrators' to make. <c>BAD_REQUEST</c>: a value is at fault.</exception>
    public static NewProject From(ProjectRequest request, SecurityContext caller, SettingValues settings)
    {
        if (caller is RobotContext { Policy.IsOfSystem: false })
        {
            throw ProjectErrors.CreationByProjectRobot();
        }

        var mayCreate = caller.Can(Resource.Project, AccessAction.Create);
        if (!mayCreate && settings.Get(KnownSettings.ProjectCreationRestriction) == "adminonly")
        {
            throw ProjectErrors.CreationRestricted();
        }

        if (request.RegistryId is { } registryId)
        {
            throw mayCreate ? ProjectErrors.RegistryUnknown(registryId) : ProjectErrors.ProxyCacheRestricted();
        }

        return new NewProject(
            ProjectName.IsValid(request.ProjectName) ? request.ProjectName! : throw ProjectErrors.InvalidName(),
            caller.UserId,
            MetadataOf(request),
            QuotaOf(request.StorageLimit, mayCreate, settings));
    }

    private static Dictionary<string, string> MetadataOf(ProjectRequest request)
    {
        if (request.Metadata?.RetentionId is { Length: > 0 } retention)
        {
            throw ProjectErrors.InvalidMetadata(ProjectMetadata.RetentionId, retention);
        }

        var metadata = ProjectMetadata.ToStored(request.Metadata);
        metadata.Remove(ProjectMetadata.RetentionId);
        metadata.TryAdd(ProjectMetadata.Public, request.Public == true ? "true" : "false");
        return metadata;
    }

    private static long QuotaOf(long? limit, bool mayChoose, SettingValues settings)
    {
        if (!settings.Get(KnownSettings.QuotaPerProjectEnable))
        {
            return ProjectQuotas.Unlimited;
        }

        if (limit is null or 0 || !mayChoose)
        {
            return settings.Get(KnownSettings.StoragePerProject);
        }

        return ProjectQuotas.IsLimit(limit.Value) ? limit.Value : throw ProjectErrors.StorageLimit(limit.Value);
    }
}
