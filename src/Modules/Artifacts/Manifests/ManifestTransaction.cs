using System.Text.Json;
using Harbor.Modules.Artifacts.Blobs;
using Harbor.Modules.Artifacts.Tags;
using Harbor.Modules.Immutability;
using Harbor.Modules.Quotas;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Events;
using Npgsql;

namespace Harbor.Modules.Artifacts.Manifests;

/// <summary>The steps of one push of a manifest. Called in the order they stand here.</summary>
internal sealed class ManifestTransaction(Transaction tx, RepositoryScope scope, long repositoryId, PausePoints pauses)
{
    private readonly QuotaLedger quota = new(tx, scope.Project.Id);
    private readonly Dictionary<Digest, (long Id, long Size)> blobs = [];
    private readonly Dictionary<Digest, (long Id, long Size)> children = [];
    private ImmutabilityRules rules = ImmutabilityRules.None;
    private long artifactId;
    private bool becameVisible;
    private string type = string.Empty;
    private byte[] digest = [];
    private long manifestSize;

    /// <summary>Keys of cached facts that this push changes; for this process to forget once it is committed.</summary>
    public List<string> Changed { get; } = [];

    /// <summary>Holds everything the manifest names against removal, then looks whether it is there.</summary>
    public async Task HoldAsync(Manifest manifest, AccessoryKind? accessory, string[] tags)
    {
        var named = manifest.IsIndex
            ? manifest.Manifests.Where(child => !IsArtifact(child)).ToList()
            : [manifest.Config!, .. manifest.Layers];
        var wanted = manifest.Manifests.Where(IsArtifact).Select(child => child.Digest).Distinct().ToList();
        await HoldAsync([.. named.Select(descriptor => descriptor.Digest).Distinct()], wanted, accessory?.Subject, tags);
        await pauses.ReachAsync("manifest.held", tx.Ct);

        await LookAsync(withRules: tags.Length > 0);
        await RefuseTakenAsync(tags);
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
        type = kind.Type;
        digest = manifestDigest.ToBytes();
        manifestSize = content.Length;
        var size = Total([manifestSize, .. Named(manifest).Select(descriptor => SizeOf(descriptor.Digest))]);
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
        else
        {
            await HealAsync(content);
        }

        if (deletion is not null)
        {
            await tx.ExecuteAsync("UPDATE artifact SET deletion_id = NULL, push_time = harbor_now() WHERE id = $1", artifactId);
            await tx.ExecuteAsync("DELETE FROM artifact_label WHERE artifact_id = $1", artifactId);
        }

        if (accessory is not null)
        {
            await tx.ExecuteAsync("""
                INSERT INTO accessory (artifact_id, repository_id, subject_digest, type, creation_time) VALUES ($1, $2, $3, $4, harbor_now())
                ON CONFLICT (artifact_id) DO NOTHING
                """, artifactId, repositoryId, accessory.Subject.ToBytes(), accessory.Type);
        }
    }

    /// <summary>Lets each tag name the artifact.</summary>
    /// <exception cref="RegistryException"><c>PRECONDITION</c>: a rule makes one immutable, and it is taken.</exception>
    public async Task TagAsync(string[] tags)
    {
        var placing = new TagPlacing(tx, repositoryId);
        foreach (var name in tags)
        {
            // Looked at before, too; but of two that push a free name at once, each has seen it free.
            await placing.PlaceAsync(name, artifactId, whenTaken: rules.Cover(scope.Name, name) ? ImmutabilityErrors.NotPushed(scope.Name, name) : null);
        }

        Changed.AddRange(placing.Changed);
        await pauses.ReachAsync("manifest.tagged", tx.Ct);
    }

    /// <summary>Counts the new uses of its blobs, tells of the push, then counts what the project pays for.</summary>
    public async Task ChargeAsync(string[] tags)
    {
        var pushed = tx.Publication(new ArtifactPushed(
            scope.Project.Id, scope.Name.Value, artifactId, Digest.FromBytes(digest).Value, tags, type, scope.Caller.RecordedName));
        if (!becameVisible)
        {
            await quota.SettleAsync(pushed);
            return;
        }

        await BlobLinks.UseAsync(tx, quota, repositoryId, [.. blobs.Values.Select(blob => blob.Id).Order()]);
        await pauses.ReachAsync("manifest.linked", tx.Ct);
        await quota.ChargeAsync([digest], [manifestSize]);
        await quota.SettleAsync(pushed);
        Changed.AddRange(blobs.Keys.Select(blob => Blobs.Blobs.Key(repositoryId, blob)));
        await pauses.ReachAsync("manifest.settled", tx.Ct);
    }

    // What is named twice counts twice, as in Harbor.
    private static IEnumerable<Descriptor> Named(Manifest manifest) => manifest.IsIndex ? manifest.Manifests : [manifest.Config!, .. manifest.Layers];

    private long SizeOf(Digest named) => blobs.TryGetValue(named, out var blob) ? blob.Size : children.TryGetValue(named, out var child) ? child.Size : 0;

    // What the database has of a manifest that was pushed before may have been damaged since: these are the right bytes.
    private async Task HealAsync(ReadOnlyMemory<byte> content)
    {
        if (await tx.ScalarAsync<bool?>("SELECT content = $2 FROM manifest WHERE artifact_id = $1", artifactId, content) != true)
        {
            await tx.ExecuteAsync("""
                INSERT INTO manifest (artifact_id, content) VALUES ($1, $2) ON CONFLICT (artifact_id) DO UPDATE SET content = excluded.content
                """, artifactId, content);
            await tx.EvictAsync(ChangeFeed.Everything);   // any tag may have brought it into a cache
            Changed.Add(Manifests.ArtifactKey(repositoryId, Digest.FromBytes(digest)));
        }
    }

    // buildx's cache indexes list blobs as if they were manifests.
    private static bool IsArtifact(Descriptor child) => MediaTypes.IsManifest(child.MediaType) || MediaTypes.IsIndex(child.MediaType);

    // An index of indexes counts what they share once for each of them: a tall enough tower passes any 64-bit number.
    private static long Total(IEnumerable<long> sizes) => (long)Int128.Min(long.MaxValue, sizes.Aggregate(Int128.Zero, (sum, size) => sum + size));

    // Blobs, then children and subject, and the artifacts that lose a tag by this push: they are touched later, and must be held in order.
    private async Task HoldAsync(Digest[] digests, List<Digest> wanted, Digest? subject, string[] tags)
    {
        var others = subject is { } one ? wanted.Append(one) : wanted;
        await using var reader = await RepositoryLocks.ShareAsync(
            tx, scope, repositoryId,
            (RepositoryCounts.KnowVisible, [repositoryId]),
            // Of what is known to be lost nothing new is made: its pusher is told to bring it again.
            ("""
            SELECT id, digest, size FROM blob WHERE digest = ANY($1) AND NOT coalesce(starts_with(location, 'lost/'), false) ORDER BY id FOR KEY SHARE
            """, [Stored(digests)]),
            ("""
            SELECT id, digest, size FROM artifact
            WHERE repository_id = $1 AND (digest = ANY($2) OR id IN (SELECT artifact_id FROM tag WHERE repository_id = $1 AND name = ANY($3)))
            ORDER BY id FOR KEY SHARE
            """, [repositoryId, Stored(others), tags]));
        var held = await reader.TakeAsync(Row, tx.Ct);
        held.ForEach(blob => blobs[blob.Digest] = (blob.Id, blob.Size));
        var asked = wanted.ToHashSet();
        var artifacts = await reader.TakeAsync(Row, tx.Ct);
        artifacts.Where(artifact => asked.Contains(artifact.Digest)).ToList().ForEach(child => children[child.Digest] = (child.Id, child.Size));

        static (Digest Digest, long Id, long Size) Row(NpgsqlDataReader row) =>
            (Digest.FromBytes(row.GetFieldValue<byte[]>(1)), row.GetInt64(0), row.GetInt64(2));
    }

    // Everything is held now; a following statement sees what is there. What a deleted artifact of this repository names may be named
    // again, since the bytes are kept for its restoring: its links are made anew.
    private async Task LookAsync(bool withRules)
    {
        var blobIds = blobs.Values.Select(blob => blob.Id).ToArray();
        var childIds = children.Values.Select(child => child.Id).ToArray();
        (string, object?[])[] looks =
        [
            ("""
            INSERT INTO repository_blob (repository_id, blob_id, uses, charged, linked_at)
            SELECT DISTINCT $1::bigint, named.blob_id, 0, false, harbor_now()
            FROM artifact_blob AS named JOIN artifact ON artifact.id = named.artifact_id
            WHERE named.blob_id = ANY($2) AND artifact.repository_id = $1 AND artifact.deletion_id IS NOT NULL
            ORDER BY named.blob_id
            ON CONFLICT (repository_id, blob_id) DO NOTHING
            """, [repositoryId, blobIds]),
            ("SELECT blob_id FROM repository_blob WHERE repository_id = $1 AND blob_id = ANY($2)", [repositoryId, blobIds]),
            ("SELECT id FROM artifact WHERE id = ANY($1) AND deletion_id IS NULL", [childIds]),
            .. withRules ? [(ImmutabilityRules.Select, [scope.Project.Id])] : Array.Empty<(string, object?[])>(),
        ];
        await using var reader = await tx.BatchAsync(looks);
        var linked = (await reader.TakeAsync(row => row.GetInt64(0), tx.Ct)).ToHashSet();
        var visible = (await reader.TakeAsync(row => row.GetInt64(0), tx.Ct)).ToHashSet();
        rules = withRules ? ImmutabilityRules.From(await reader.TakeAsync(row => row.GetString(0), tx.Ct)) : ImmutabilityRules.None;
        blobs.Where(blob => !linked.Contains(blob.Value.Id)).ToList().ForEach(blob => blobs.Remove(blob.Key));
        children.Where(child => !visible.Contains(child.Value.Id)).ToList().ForEach(child => children.Remove(child.Key));
    }

    // The project is held, so no rule can change any more.
    private async Task RefuseTakenAsync(string[] tags)
    {
        var kept = tags.Where(tag => rules.Cover(scope.Name, tag)).ToArray();
        if (kept.Length > 0
            && await tx.ScalarAsync<string>("SELECT name FROM tag WHERE repository_id = $1 AND name = ANY($2) ORDER BY name LIMIT 1", repositoryId, kept) is { } taken)
        {
            throw ImmutabilityErrors.NotPushed(scope.Name, taken);
        }
    }

    private static byte[][] Stored(IEnumerable<Digest> digests) => [.. digests.Select(digest => digest.ToBytes())];

    private async Task StoreReferencesAsync(Manifest manifest, ReadOnlyMemory<byte> content)
    {
        var named = (manifest.IsIndex ? manifest.Manifests : [manifest.Config!, .. manifest.Layers])
            .Where(descriptor => blobs.ContainsKey(descriptor.Digest)).DistinctBy(descriptor => descriptor.Digest).ToList();
        await using (await tx.BatchAsync(
            ("INSERT INTO manifest (artifact_id, content) VALUES ($1, $2)", [artifactId, content]),
            ("""
            INSERT INTO artifact_blob (artifact_id, blob_id, media_type)
            SELECT $1, blob_id, media_type FROM unnest($2::bigint[], $3::text[]) AS named (blob_id, media_type) ORDER BY blob_id
            """, [artifactId, named.Select(descriptor => blobs[descriptor.Digest].Id).ToArray(), named.Select(descriptor => descriptor.MediaType).ToArray()])))
        {
        }

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
}
