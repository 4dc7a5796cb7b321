using System.Text.Json;
using Harbor.Modules.Artifacts.Blobs;
using Harbor.Modules.Quotas;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;

namespace Harbor.Modules.Artifacts.Manifests;

/// <summary>The steps of one push of a manifest. Called in the order they stand here.</summary>
internal sealed class ManifestTransaction(Transaction tx, RepositoryScope scope, long repositoryId, PausePoints pauses)
{
    private readonly QuotaLedger quota = new(tx, scope.Project.Id);
    private readonly Dictionary<Digest, (long Id, long Size)> blobs = [];
    private readonly Dictionary<Digest, (long Id, long Size)> children = [];
    private readonly List<long> foreign = [];
    private long artifactId;
    private bool becameVisible;
    private byte[] digest = [];
    private long manifestSize;

    /// <summary>Keys of cached facts that this push changes; for this process to forget once it is committed.</summary>
    public List<string> Changed { get; } = [];

    /// <summary>Holds everything the manifest names against removal, then looks whether it is there.</summary>
    public async Task HoldAsync(Manifest manifest, AccessoryKind? accessory, string[] tags)
    {
        await RepositoryLocks.ShareAsync(tx, scope, repositoryId);
        await pauses.ReachAsync("manifest.repository-held", tx.Ct);

        var named = manifest.IsIndex
            ? manifest.Manifests.Where(child => !IsArtifact(child)).ToList()
            : [manifest.Config!, .. manifest.Layers];
        await HoldBlobsAsync([.. named.Select(descriptor => descriptor.Digest).Distinct()]);

        var wanted = manifest.Manifests.Where(IsArtifact).Select(child => child.Digest).Distinct().ToList();
        await HoldArtifactsAsync(wanted, accessory?.Subject, tags);
        await pauses.ReachAsync("manifest.held", tx.Ct);

        await LinkHiddenAsync();
        await DropUnlinkedAsync();
        await DropHiddenChildrenAsync();
        var missing = named
            .Where(descriptor => !blobs.ContainsKey(descriptor.Digest) && descriptor.Urls.Count == 0)
            .Select(descriptor => descriptor.Digest)
            .Concat(wanted.Where(child => !children.ContainsKey(child)))
            .Distinct()
            .ToList();
        if (missing.Count > 0)
        {
            throw ContentErrors.ManifestBlobsUnknown(missing);
        }
    }

    /// <summary>Stores the artifact, or makes a deleted one visible again.</summary>
    public async Task StoreAsync(Manifest manifest, ArtifactKind kind, AccessoryKind? accessory, Digest manifestDigest, ReadOnlyMemory<byte> content)
    {
        digest = manifestDigest.ToBytes();
        manifestSize = content.Length;
        var size = Total([manifestSize, .. blobs.Values.Select(blob => blob.Size), .. children.Values.Select(child => child.Size)]);
        var (id, inserted, deletion) = (await tx.ListAsync("""
            INSERT INTO artifact (repository_id, digest, manifest_media_type, media_type, artifact_type, type, size, manifest_size, annotations, extra_attrs, push_time, touched_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::json, $10::json, harbor_now(), harbor_now())
            ON CONFLICT (repository_id, digest) DO UPDATE SET touched_at = excluded.touched_at
            RETURNING id, xmax = 0, deletion_id
            """, row => (row.GetInt64(0), row.GetBoolean(1), row.IsDBNull(2) ? (long?)null : row.GetInt64(2)),
            repositoryId, digest, manifest.MediaType, kind.MediaType, kind.ArtifactType, kind.Type, size, (int)manifestSize,
            manifest.Annotations is null ? null : JsonSerializer.Serialize(manifest.Annotations), kind.ExtraAttributes)).Single();
        artifactId = id;
        becameVisible = inserted || deletion is not null;
        await pauses.ReachAsync("manifest.stored", tx.Ct);
        if (inserted)
        {
            await StoreReferencesAsync(manifest, content);
        }
        else if (deletion is not null)
        {
            await tx.ExecuteAsync("UPDATE artifact SET deletion_id = NULL, push_time = harbor_now() WHERE id = $1", artifactId);
        }

        if (accessory is not null)
        {
            await tx.ExecuteAsync("""
                INSERT INTO accessory (artifact_id, repository_id, subject_digest, type, creation_time) VALUES ($1, $2, $3, $4, harbor_now())
                ON CONFLICT (artifact_id) DO NOTHING
                """, artifactId, repositoryId, accessory.Subject.ToBytes(), accessory.Type);
        }
    }

    /// <summary>Lets each tag name the artifact. Moving one is told to the replicas; a new one nobody can have cached.</summary>
    public async Task TagAsync(string[] tags)
    {
        foreach (var name in tags)
        {
            var before = await HoldTagAsync(name);
            if (before is not { } previous || previous == artifactId)
            {
                continue;
            }

            await tx.ExecuteAsync("UPDATE tag SET artifact_id = $3, push_time = harbor_now(), pull_time = NULL WHERE repository_id = $1 AND name = $2",
                repositoryId, name, artifactId);
            await TouchIfUntaggedAsync(previous);
            var key = Manifests.TagKey(repositoryId, name);
            await tx.EvictAsync(key);
            Changed.Add(key);
        }

        await pauses.ReachAsync("manifest.tagged", tx.Ct);
    }

    /// <summary>Counts the new uses of its blobs, then what the project pays for.</summary>
    public async Task ChargeAsync()
    {
        if (!becameVisible)
        {
            return;
        }

        await BlobLinks.UseAsync(tx, quota, repositoryId, [.. blobs.Values.Select(blob => blob.Id).Order()]);
        await pauses.ReachAsync("manifest.linked", tx.Ct);
        await quota.ChargeAsync([digest], [manifestSize]);
        await quota.SettleAsync();
        Changed.AddRange(blobs.Keys.Select(blob => Blobs.Blobs.Key(repositoryId, blob)));
        await pauses.ReachAsync("manifest.settled", tx.Ct);
    }

    // buildx's cache indexes list blobs as if they were manifests.
    private static bool IsArtifact(Descriptor child) => MediaTypes.IsManifest(child.MediaType) || MediaTypes.IsIndex(child.MediaType);

    // An index of indexes counts what they share once for each of them: a tall enough tower passes any 64-bit number.
    private static long Total(IEnumerable<long> sizes) => (long)Int128.Min(long.MaxValue, sizes.Aggregate(Int128.Zero, (sum, size) => sum + size));

    private async Task HoldBlobsAsync(Digest[] digests)
    {
        var held = await tx.ListAsync(
            "SELECT id, digest, size FROM blob WHERE digest = ANY($1) ORDER BY id FOR KEY SHARE",
            row => (Digest: Digest.FromBytes(row.GetFieldValue<byte[]>(1)), Id: row.GetInt64(0), Size: row.GetInt64(2)),
            (object)digests.Select(digest => digest.ToBytes()).ToArray());
        held.ForEach(blob => blobs[blob.Digest] = (blob.Id, blob.Size));
    }

    // Children and subject, and the artifacts that lose a tag by this push: they are touched later, and must be held in order.
    private async Task HoldArtifactsAsync(List<Digest> wanted, Digest? subject, string[] tags)
    {
        var others = subject is { } one ? wanted.Append(one) : wanted;
        var held = await tx.ListAsync("""
            SELECT id, digest, size FROM artifact
            WHERE repository_id = $1 AND (digest = ANY($2) OR id IN (SELECT artifact_id FROM tag WHERE repository_id = $1 AND name = ANY($3)))
            ORDER BY id FOR KEY SHARE
            """, row => (Digest: Digest.FromBytes(row.GetFieldValue<byte[]>(1)), Id: row.GetInt64(0), Size: row.GetInt64(2)),
            repositoryId, others.Select(digest => digest.ToBytes()).ToArray(), tags);
        var asked = wanted.ToHashSet();
        held.Where(artifact => asked.Contains(artifact.Digest)).ToList().ForEach(child => children[child.Digest] = (child.Id, child.Size));
    }

    // What a deleted artifact of this repository names may be named again: the bytes are kept for its restoring.
    private async Task LinkHiddenAsync()
    {
        if (blobs.Count > 0)
        {
            await tx.ExecuteAsync("""
                INSERT INTO repository_blob (repository_id, blob_id, uses, charged, linked_at)
                SELECT DISTINCT $1::bigint, named.blob_id, 0, false, harbor_now()
                FROM artifact_blob AS named JOIN artifact ON artifact.id = named.artifact_id
                WHERE named.blob_id = ANY($2) AND artifact.repository_id = $1 AND artifact.deletion_id IS NOT NULL
                ORDER BY named.blob_id
                ON CONFLICT (repository_id, blob_id) DO NOTHING
                """, repositoryId, blobs.Values.Select(blob => blob.Id).ToArray());
        }
    }

    private async Task DropUnlinkedAsync()
    {
        var linked = (await tx.ListAsync(
            "SELECT blob_id FROM repository_blob WHERE repository_id = $1 AND blob_id = ANY($2)",
            row => row.GetInt64(0), repositoryId, blobs.Values.Select(blob => blob.Id).ToArray())).ToHashSet();
        foreach (var (unlinked, _) in blobs.Where(blob => !linked.Contains(blob.Value.Id)).ToList())
        {
            blobs.Remove(unlinked);
        }
    }

    private async Task DropHiddenChildrenAsync()
    {
        var hidden = (await tx.ListAsync(
            "SELECT id FROM artifact WHERE id = ANY($1) AND deletion_id IS NOT NULL",
            row => row.GetInt64(0), (object)children.Values.Select(child => child.Id).ToArray())).ToHashSet();
        foreach (var (gone, _) in children.Where(child => hidden.Contains(child.Value.Id)).ToList())
        {
            children.Remove(gone);
        }
    }

    private async Task StoreReferencesAsync(Manifest manifest, ReadOnlyMemory<byte> content)
    {
        await tx.ExecuteAsync("INSERT INTO manifest (artifact_id, content) VALUES ($1, $2)", artifactId, content);
        var named = (manifest.IsIndex ? manifest.Manifests : [manifest.Config!, .. manifest.Layers])
            .Where(descriptor => blobs.ContainsKey(descriptor.Digest)).DistinctBy(descriptor => descriptor.Digest).ToList();
        await tx.ExecuteAsync("""
            INSERT INTO artifact_blob (artifact_id, blob_id, media_type)
            SELECT $1, blob_id, media_type FROM unnest($2::bigint[], $3::text[]) AS named (blob_id, media_type) ORDER BY blob_id
            """, artifactId, named.Select(descriptor => blobs[descriptor.Digest].Id).ToArray(), named.Select(descriptor => descriptor.MediaType).ToArray());

        var references = manifest.Manifests.Where(child => children.ContainsKey(child.Digest)).DistinctBy(child => child.Digest).ToList();
        if (references.Count > 0)
        {
            await tx.ExecuteAsync("""
                INSERT INTO artifact_reference (parent_id, child_id, platform, urls, annotations)
                SELECT $1, child_id, platform::json, urls::json, annotations::json
                FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS child (child_id, platform, urls, annotations, position)
                ORDER BY position
                """, artifactId,
                references.Select(child => children[child.Digest].Id).ToArray(),
                references.Select(child => child.Platform).ToArray(),
                references.Select(child => child.Urls.Count == 0 ? null : JsonSerializer.Serialize(child.Urls)).ToArray(),
                references.Select(child => child.Annotations is null ? null : JsonSerializer.Serialize(child.Annotations)).ToArray());
        }
    }

    // The artifact that the tag names, the tag being held; a tag that was free is made and names ours.
    private async Task<long?> HoldTagAsync(string name)
    {
        while (true)
        {
            if (await tx.ScalarAsync<long?>("SELECT artifact_id FROM tag WHERE repository_id = $1 AND name = $2 FOR UPDATE", repositoryId, name) is { } before)
            {
                return before;
            }

            var made = await tx.ExecuteAsync("""
                INSERT INTO tag (repository_id, name, artifact_id, push_time) VALUES ($1, $2, $3, harbor_now())
                ON CONFLICT (repository_id, name) DO NOTHING
                """, repositoryId, name, artifactId);
            if (made == 1)
            {
                return null;
            }
        }
    }

    private Task<int> TouchIfUntaggedAsync(long artifact) => tx.ExecuteAsync("""
        UPDATE artifact SET touched_at = harbor_now()
        WHERE id = $1 AND deletion_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM tag WHERE artifact_id = $1)
          AND NOT EXISTS (SELECT 1 FROM artifact_reference WHERE child_id = $1)
        """, artifact);
}
