using Harbor.Modules.Artifacts.Blobs;
using Harbor.Modules.Artifacts.Collection;
using Harbor.Modules.Artifacts.Copying;
using Harbor.Modules.Artifacts.Deletion;
using Harbor.Modules.Artifacts.Manifests;
using Harbor.Modules.Artifacts.Pulls;
using Harbor.Modules.Artifacts.Trash;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Settings;
using Harbor.Storage;
using Harbor.Storage.FileSystem;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.Artifacts;

/// <summary>Registers what receives, keeps and deletes content.</summary>
public static class ContentModule
{
    public static IServiceCollection AddContent(this IServiceCollection services) => services
        .AddSingleton<PosixFiles>()
        .AddSingleton<IBlobStore>(provider => new FileSystemBlobStore(
            provider.GetRequiredService<HarborOptions>().StorageDirectory, provider.GetRequiredService<PosixFiles>()))
        .AddSingleton<RepositoryDirectory>()
        .AddSingleton<Blobs.Blobs>()
        .AddSingleton<Uploads.Uploads>()
        .AddSingleton<Manifests.Manifests>()
        .AddSingleton<ManifestPush>()
        .AddSingleton<ArtifactDeletion>()
        .AddSingleton<ArtifactPruning>()
        .AddSingleton<ArtifactCopy>()
        .AddSingleton<Restoration>()
        .AddSingleton<PullLog>()
        .AddSingleton(provider => PullOptions.From(provider.GetRequiredService<HarborOptions>()))
        .AddSingleton<PullFlush>()
        .AddHostedService(provider => provider.GetRequiredService<PullFlush>())
        .AddSingleton<ContentListing>()
        .AddSingleton<Eraser>()
        .AddSingleton<GarbageCollector>()
        .AddSingleton<UntaggedArtifacts>()
        .AddSingleton<GarbageEstimate>()
        .AddSingleton<ContentUpkeep>()
        .AddSingleton<IComponentHealth, RegistryHealth>()
        .AddSingleton<IComponentHealth, RegistryControllerHealth>()
        .AddHostedService(provider => provider.GetRequiredService<ContentUpkeep>());
}
