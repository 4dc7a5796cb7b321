using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Events;

namespace Harbor.Modules.Artifacts.Manifests;

/// <summary>Manifests of visible artifacts, by tag or digest. A hot pull is answered from memory.</summary>
public sealed class Manifests(Database db, RepositoryDirectory repositories, ChangeFeed feed)
{
    private const long CacheBytes = 32 << 20;
    private const int RowBytes = 512;

    private const string Select = """
        SELECT artifact.id, artifact.digest, artifact.manifest_media_type, manifest.content
        FROM artifact JOIN manifest ON manifest.artifact_id = artifact.id
        """;

    private readonly FactCache<StoredManifest> byTag = new(feed, "tag:", CacheBytes, manifest => manifest.Content.Length + RowBytes);
    private readonly FactCache<StoredManifest> byDigest = new(feed, "artifact:", CacheBytes, manifest => manifest.Content.Length + RowBytes);

    /// <summary>The manifest that a tag names; null when there is no such tag.</summary>
    public async ValueTask<StoredManifest?> FindAsync(RepositoryScope scope, string tag, CancellationToken ct) =>
        await repositories.FindIdAsync(scope, ct) is { } repositoryId
            ? await byTag.GetAsync(TagKey(repositoryId, tag), (repositoryId, tag), (at, token) => LoadAsync(at.repositoryId, at.tag, token), ct)
            : null;

    /// <summary>The manifest with this digest, if it is visible in the repository.</summary>
    public async ValueTask<StoredManifest?> FindAsync(RepositoryScope scope, Digest digest, CancellationToken ct) =>
        await repositories.FindIdAsync(scope, ct) is { } repositoryId
            ? await byDigest.GetAsync(ArtifactKey(repositoryId, digest), (repositoryId, digest), (at, token) => LoadAsync(at.repositoryId, at.digest, token), ct)
            : null;

    /// <summary>Key of the cached fact which manifest a tag names.</summary>
    internal static string TagKey(long repositoryId, string tag) => $"tag:{repositoryId}:{tag}";

    /// <summary>Key of the cached fact that an artifact is visible.</summary>
    internal static string ArtifactKey(long repositoryId, Digest digest) => $"artifact:{repositoryId}:{digest}";

    private async Task<StoredManifest?> LoadAsync(long repositoryId, string tag, CancellationToken ct)
    {
        await using var command = db.Command($"{Select} JOIN tag ON tag.artifact_id = artifact.id WHERE tag.repository_id = $1 AND tag.name = $2")
            .With(repositoryId, tag);
        return await ReadAsync(command, repositoryId, ct);
    }

    private async Task<StoredManifest?> LoadAsync(long repositoryId, Digest digest, CancellationToken ct)
    {
        await using var command = db.Command($"{Select} WHERE artifact.repository_id = $1 AND artifact.digest = $2 AND artifact.deletion_id IS NULL")
            .With(repositoryId, digest.ToBytes());
        return await ReadAsync(command, repositoryId, ct);
    }

    private static Task<StoredManifest?> ReadAsync(Npgsql.NpgsqlCommand command, long repositoryId, CancellationToken ct) =>
        command.FindAsync(row => new StoredManifest(
            row.GetInt64(0), repositoryId, Digest.FromBytes(row.GetFieldValue<byte[]>(1)), row.GetString(2), row.GetFieldValue<byte[]>(3)), ct);
}
