using Harbor.Modules.Artifacts.Additions;
using Harbor.Modules.Artifacts.Labelling;
using Harbor.Modules.Artifacts.Tags;
using Harbor.Modules.Artifacts.Trash;
using Harbor.Modules.Quotas;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.Artifacts;

/// <summary>Registers what the management API shows of content.</summary>
public static class ContentReading
{
    public static IServiceCollection AddContentReading(this IServiceCollection services) => services
        .AddSingleton<RepositoryCounts>()
        .AddSingleton<RepositoryListing>()
        .AddSingleton<RepositoryChanges>()
        .AddSingleton<RepositorySearch>()
        .AddSingleton<StorageUse>()
        .AddSingleton<IHeldContent, HeldContents>()
        .AddSingleton<ArtifactDetails>()
        .AddSingleton<ArtifactListing>()
        .AddSingleton<ArtifactAdditions>()
        .AddSingleton<TagListing>()
        .AddSingleton<TagChanges>()
        .AddSingleton<ArtifactLabels>()
        .AddSingleton<AccessoryListing>()
        .AddSingleton<TrashListing>();

    public static void MapContentReading(this RouteGroupBuilder api)
    {
        api.MapRepositories();
        api.MapArtifacts();
        api.MapIcons();
        api.MapTrash();
    }
}
