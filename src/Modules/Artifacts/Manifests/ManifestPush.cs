using Harbor.Modules.Artifacts.Blobs;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Events;
using Harbor.Storage;

namespace Harbor.Modules.Artifacts.Manifests;

/// <summary>Makes an artifact of a manifest: all it names is held, then looked at, then the artifact becomes visible, in one transaction.</summary>
/// <remarks>
/// Locks in the order of docs/architecture.md: project, repository, blobs, artifacts, tags, links, what the project is charged,
/// reviews, outbox, quota. Whatever a deleter or a collector does meanwhile, either it sees this reference or this push sees it gone.
/// </remarks>
public sealed class ManifestPush(
    Database db, IBlobStore store, RepositoryDirectory repositories, Manifests manifests, ChangeFeed feed, PausePoints pauses)
{
    /// <summary>Stores a manifest and gives it tags.</summary>
    /// <param name="content">The bytes as pushed; stored verbatim.</param>
    /// <param name="digest">Digest of the bytes, by the algorithm the client uses.</param>
    /// <param name="tags">Tags that shall name it; each is made or moved.</param>
    /// <exception cref="RegistryException">
    /// <c>MANIFEST_INVALID</c>; <c>MANIFEST_BLOB_UNKNOWN</c>, naming everything that is missing; <c>DENIED</c>: quota.
    /// </exception>
    public async Task<PushedManifest> PushAsync(
        RepositoryScope scope, ReadOnlyMemory<byte> content, string? contentType, Digest digest, IReadOnlyList<Tag> tags, CancellationToken ct)
    {
        var manifest = ManifestReader.Read(content, contentType);
        var repositoryId = await repositories.EnsureIdAsync(scope, ct);
        var kind = ArtifactKind.Of(manifest, await ReadConfigAsync(scope, await ConfigAsync(scope, manifest, ct), ct));
        var names = tags.Select(tag => tag.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var accessory = AccessoryKind.Of(manifest, names.Length > 0 ? names[0] : string.Empty);
        await pauses.ReachAsync("manifest.parsed", ct);

        var changed = await db.TransactAsync(async tx =>
        {
            var push = new ManifestTransaction(tx, scope, repositoryId, pauses);
            await push.HoldAsync(manifest, accessory, names);
            await push.StoreAsync(manifest, kind, accessory, digest, content);
            await push.TagAsync(names);
            await push.ChargeAsync(names);
            return push.Changed;
        }, ct);
        await pauses.ReachAsync("manifest.committed", CancellationToken.None);

        foreach (var key in changed)
        {
            feed.EvictLocally(key);
        }

        return new PushedManifest(digest, manifest.Subject?.Digest);
    }

    // A bundle has none; one of its parts has that.
    private async ValueTask<Descriptor?> ConfigAsync(RepositoryScope scope, Manifest manifest, CancellationToken ct) =>
        ArtifactKind.BundleConfigOf(manifest) is { } part
            ? await manifests.FindAsync(scope, part.Digest, ct) is { } stored ? ManifestReader.Read(stored.Content, stored.MediaType).Config : null
            : manifest.Config;

    // The config must be readable through this very repository, like everything that the manifest names.
    private async Task<ReadOnlyMemory<byte>> ReadConfigAsync(RepositoryScope scope, Descriptor? config, CancellationToken ct)
    {
        if (config is null || config.MediaType == MediaTypes.OciEmpty)
        {
            return default;
        }

        await using var command = db.Command("""
            SELECT blob.location FROM repository JOIN repository_blob AS link ON link.repository_id = repository.id JOIN blob ON blob.id = link.blob_id
            WHERE repository.project_id = $1 AND repository.name = $2 AND blob.digest = $3 AND blob.size <= $4
            """).With(scope.Project.Id, scope.Name.Value, config.Digest.ToBytes(), (long)ArtifactKind.MaxConfigBytes);
        var found = await command.FindAsync(
            row => (Location?)(row.IsDBNull(0) ? store.CanonicalOf(config.Digest) : new Location(row.GetString(0))), ct);
        using var source = found is { } location ? store.Open(location) : null;
        return source is null ? default(ReadOnlyMemory<byte>) : await source.ReadAllAsync(ct);   // if it is missing, the transaction says so
    }
}
