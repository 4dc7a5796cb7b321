using Harbor.Modules.Artifacts.Blobs;
using Harbor.Modules.Artifacts.Tags;
using Harbor.Modules.Immutability;
using Harbor.Modules.Quotas;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;

namespace Harbor.Modules.Artifacts.Copying;

/// <summary>A repository and its row.</summary>
internal sealed record CopyPlace(RepositoryScope Scope, long Id);

/// <summary>The steps of one copy. Called in the order they stand here.</summary>
internal sealed class CopyTransaction(Transaction tx, CopyPlace source, CopyPlace target, PausePoints pauses)
{
    // Each round, an accessory came or went while the locks were waited for.
    private const int MaxRounds = 16;

    private readonly QuotaLedger quota = new(tx, target.Scope.Project.Id);
    private readonly Dictionary<Digest, long> copies = [];
    private readonly List<(byte[] Digest, long Size)> manifests = [];
    private IReadOnlyList<CopyNode> tree = [];
    private long[] visible = [];
    private Digest copied;
    private IReadOnlyList<string> copiedTags = [];

    /// <summary>Keys of cached facts that this copy changes; for this process to forget once it is committed.</summary>
    public List<string> Changed { get; } = [];

    private long[] Originals => [.. tree.Where(node => node.Present is null).Select(node => node.Id)];

    /// <summary>Holds all that is copied, the blobs it names and what the target has of it; then looks what that is.</summary>
    public async Task HoldAsync(string reference)
    {
        await RepositoryLocks.ShareAsync(tx, source.Scope, source.Id, target.Scope, target.Id);
        await tx.ExecuteAsync(RepositoryCounts.KnowVisible, target.Id);
        HashSet<long> held = [];
        for (var round = 0; round < MaxRounds; round++)
        {
            var root = await ReferencedArtifact.FindAsync(tx, source.Id, reference) ?? throw ContentErrors.ArtifactNotFound(source.Scope.Name, reference);
            tree = await CopyTree.ReadAsync(tx, root, source.Id, target.Id);
            if (tree.Count > 0 && tree.All(node => held.Contains(node.Id) && (node.Present is not { } present || held.Contains(present))))
            {
                if (await tx.ScalarAsync<bool>("SELECT EXISTS (SELECT 1 FROM accessory WHERE artifact_id = $1)", root))
                {
                    throw ContentErrors.NotForAccessories();
                }

                copied = tree.Single(node => node.Id == root).Digest;
                tree.Where(node => node.Present is not null).ToList().ForEach(node => copies[node.Digest] = node.Present!.Value);
                return;
            }

            held.UnionWith(await LockAsync());
            await pauses.ReachAsync("copy.held", tx.Ct);
        }

        throw ContentErrors.Busy();
    }

    /// <summary>Stores what the target has not, or makes it visible there again.</summary>
    public async Task StoreAsync()
    {
        var stored = await tx.ListAsync("""
            INSERT INTO artifact (repository_id, digest, manifest_media_type, media_type, artifact_type, type, size, manifest_size, annotations, extra_attrs, push_time, touched_at)
            SELECT $2, digest, manifest_media_type, media_type, artifact_type, type, size, manifest_size, annotations, extra_attrs, harbor_now(), harbor_now()
            FROM artifact AS original WHERE id = ANY($1) ORDER BY digest
            ON CONFLICT (repository_id, digest) DO UPDATE SET touched_at = excluded.touched_at
            RETURNING id, digest, manifest_size, xmax = 0, deletion_id IS NOT NULL
            """, row => (Id: row.GetInt64(0), Digest: row.GetFieldValue<byte[]>(1), Size: row.GetInt32(2), Inserted: row.GetBoolean(3), Revived: row.GetBoolean(4)),
            Originals, target.Id);
        stored.ForEach(copy => copies[Digest.FromBytes(copy.Digest)] = copy.Id);
        manifests.AddRange(stored.Where(copy => copy.Inserted || copy.Revived).Select(copy => (copy.Digest, (long)copy.Size)));
        visible = [.. stored.Where(copy => copy.Inserted || copy.Revived).Select(copy => copy.Id)];
        await pauses.ReachAsync("copy.stored", tx.Ct);
        if (visible.Length > 0)
        {
            await CopyTree.StoreAsync(tx, Originals, [.. stored.Where(copy => copy.Inserted).Select(copy => copy.Id)], visible, target.Id);
        }
    }

    /// <summary>Gives every copy the tags of its original.</summary>
    /// <exception cref="RegistryException"><c>PRECONDITION</c>: a rule of the target keeps one where it is.</exception>
    public async Task TagAsync()
    {
        var tags = await tx.ListAsync("""
            SELECT tag.name, artifact.digest FROM tag JOIN artifact ON artifact.id = tag.artifact_id WHERE artifact.id = ANY($1) ORDER BY tag.name
            """, row => (Name: row.GetString(0), Digest: Digest.FromBytes(row.GetFieldValue<byte[]>(1))), (object)tree.Select(node => node.Id).ToArray());
        var rules = await ImmutabilityRules.ReadAsync(tx, target.Scope.Project.Id);
        var placing = new TagPlacing(tx, target.Id);
        foreach (var (name, digest) in tags)
        {
            await placing.PlaceAsync(name, copies[digest], whenMoved: rules.Cover(target.Scope.Name, name) ? ImmutabilityErrors.NotUpdated(name) : null);
        }

        copiedTags = [.. tags.Where(tag => tag.Digest == copied).Select(tag => tag.Name)];
        Changed.AddRange(placing.Changed);
        await pauses.ReachAsync("copy.tagged", tx.Ct);
    }

    /// <summary>Tells that the artifact is there.</summary>
    public async Task TellAsync()
    {
        var type = await tx.ScalarAsync<string>("SELECT type FROM artifact WHERE id = $1", copies[copied]);
        await tx.PublishAsync(new ArtifactPushed(
            target.Scope.Project.Id, target.Scope.Name.Value, copies[copied], copied.Value, copiedTags, type!, target.Scope.Caller.RecordedName));
    }

    /// <summary>Counts the new uses of the blobs, then what the target's project pays for.</summary>
    public async Task ChargeAsync()
    {
        if (visible.Length == 0)
        {
            return;
        }

        await BlobLinks.UseByAsync(tx, quota, target.Id, visible);
        await quota.ChargeAsync([.. manifests.Select(manifest => manifest.Digest)], [.. manifests.Select(manifest => manifest.Size)]);
        var blobs = await tx.ListAsync("SELECT DISTINCT digest FROM blob JOIN artifact_blob ON blob_id = blob.id WHERE artifact_id = ANY($1)",
            row => Digest.FromBytes(row.GetFieldValue<byte[]>(0)), (object)visible);
        await quota.SettleAsync();
        Changed.AddRange(blobs.Select(blob => Blobs.Blobs.Key(target.Id, blob)));
        await pauses.ReachAsync("copy.settled", tx.Ct);
    }

    // Blobs, then artifacts: the originals, what the target has of them, and what will lose a tag to them.
    private async Task<List<long>> LockAsync()
    {
        await tx.ExecuteAsync("""
            SELECT 1 FROM blob WHERE id IN (SELECT blob_id FROM artifact_blob WHERE artifact_id = ANY($1)) ORDER BY id FOR KEY SHARE
            """, (object)Originals);
        return await tx.ListAsync("""
            SELECT id FROM artifact WHERE id IN (
                SELECT unnest($1::bigint[])
                UNION SELECT there.id FROM artifact AS there WHERE there.repository_id = $2 AND there.digest = ANY($3)
                UNION SELECT taken.artifact_id FROM tag AS wanted JOIN tag AS taken ON taken.repository_id = $2 AND taken.name = wanted.name WHERE wanted.artifact_id = ANY($1))
            ORDER BY id FOR KEY SHARE
            """, row => row.GetInt64(0), tree.Select(node => node.Id).ToArray(), target.Id, tree.Select(node => node.Digest.ToBytes()).ToArray());
    }
}
