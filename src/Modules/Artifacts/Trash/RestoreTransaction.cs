using Harbor.Contracts;
using Harbor.Modules.Artifacts.Blobs;
using Harbor.Modules.Artifacts.Deletion;
using Harbor.Modules.Quotas;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;

namespace Harbor.Modules.Artifacts.Trash;

/// <summary>The steps of taking back one deletion: hold it and all it hid, look what is still hidden, show it.</summary>
internal sealed class RestoreTransaction(Transaction tx, RepositoryScope scope, long repositoryId, PausePoints pauses)
{
    private readonly QuotaLedger quota = new(tx, scope.Project.Id);

    /// <summary>Keys of cached facts that are no longer true.</summary>
    public List<string> Changed { get; } = [];

    public async Task<RestoredDto> RunAsync(long deletion)
    {
        // No other deletion or restoring in this repository meanwhile, so what belongs together stays together.
        await RepositoryLocks.ChangeAsync(tx, scope, repositoryId);
        await tx.ExecuteAsync("SELECT 1 FROM deletion WHERE id = $1 FOR UPDATE", deletion);
        await pauses.ReachAsync("restore.held", tx.Ct);
        var kind = await tx.ScalarAsync<string>("SELECT kind FROM deletion WHERE id = $1 AND NOT freeing", deletion) ?? throw ContentErrors.DeletionNotFound(deletion);
        await pauses.ReachAsync("restore.looked", tx.Ct);

        var hidden = await HoldAsync(deletion, isTag: kind == DeletionKind.Tag);
        await ShowAsync(hidden);
        var (placed, taken) = await TagAsync(deletion);
        await BlobLinks.UseByAsync(tx, quota, repositoryId, hidden);
        await pauses.ReachAsync("restore.linked", tx.Ct);
        await ChargeAsync(hidden);
        await EndAsync(deletion, kind);
        await tx.EvictAsync(Changed);
        await quota.SettleAsync(tx.Publication(new DeletionRestored(scope.Project.Id, scope.Name.Value, deletion, kind, scope.Caller.RecordedName)));
        await pauses.ReachAsync("restore.settled", tx.Ct);
        return new RestoredDto { ArtifactCount = hidden.Length, TagCount = placed, TakenTags = taken };
    }

    // Blobs before artifacts, as everybody. What they name cannot change while they are hidden, and the repository is held; but a push
    // may show one of them again, so after the wait it is looked which are hidden still.
    private async Task<long[]> HoldAsync(long deletion, bool isTag)
    {
        var wanted = await WantedAsync(deletion, isTag);
        await tx.ExecuteAsync("""
            SELECT 1 FROM blob WHERE id IN (SELECT blob_id FROM artifact_blob WHERE artifact_id = ANY($1)) ORDER BY id FOR KEY SHARE
            """, (object)wanted);
        await tx.ExecuteAsync("""
            SELECT 1 FROM artifact WHERE id = ANY($1) OR id IN (SELECT artifact_id FROM tag_trash WHERE deletion_id = $2) ORDER BY id FOR UPDATE
            """, wanted, deletion);
        await pauses.ReachAsync("restore.all-held", tx.Ct);
        return [.. await tx.ListAsync("SELECT id FROM artifact WHERE id = ANY($1) AND deletion_id IS NOT NULL ORDER BY id", row => row.GetInt64(0), (object)wanted)];
    }

    // A tag that was deleted alone brings nothing but itself. A child may have been hidden by another deletion than its index.
    private Task<long[]> WantedAsync(long deletion, bool isTag) => isTag ? Task.FromResult<long[]>([]) : WithChildrenAsync(deletion);

    private async Task<long[]> WithChildrenAsync(long deletion) => [.. await tx.ListAsync("""
        WITH RECURSIVE wanted (id) AS (
            SELECT id FROM artifact WHERE deletion_id = $1
            UNION
            SELECT artifact.id FROM tag_trash JOIN artifact ON artifact.id = tag_trash.artifact_id
            WHERE tag_trash.deletion_id = $1 AND artifact.deletion_id IS NOT NULL
            UNION
            SELECT child.id FROM wanted JOIN artifact_reference ON parent_id = wanted.id JOIN artifact AS child ON child.id = child_id
            WHERE child.deletion_id IS NOT NULL)
        SELECT id FROM wanted ORDER BY id
        """, row => row.GetInt64(0), deletion)];

    private Task<int> ShowAsync(long[] hidden) =>
        tx.ExecuteAsync("UPDATE artifact SET deletion_id = NULL, touched_at = harbor_now() WHERE id = ANY($1)", (object)hidden);

    // A name that was taken meanwhile stays with whoever has it.
    private async Task<(int Placed, IReadOnlyList<string> Taken)> TagAsync(long deletion)
    {
        var gone = await tx.ScalarAsync<string>("""
            SELECT name FROM tag_trash JOIN artifact ON artifact.id = artifact_id
            WHERE tag_trash.deletion_id = $1 AND artifact.deletion_id IS NOT NULL ORDER BY name LIMIT 1
            """, deletion);
        if (gone is not null)
        {
            throw ContentErrors.TagsArtifactDeleted(gone);
        }

        var placed = await tx.ListAsync("""
            INSERT INTO tag (id, repository_id, name, artifact_id, push_time, pull_time)
            SELECT id, repository_id, name, artifact_id, push_time, pull_time FROM tag_trash WHERE deletion_id = $1 ORDER BY name
            ON CONFLICT (repository_id, name) DO NOTHING
            RETURNING id
            """, row => row.GetInt64(0), deletion);
        var taken = await tx.ListAsync(
            "SELECT name FROM tag_trash WHERE deletion_id = $1 AND NOT id = ANY($2) ORDER BY name", row => row.GetString(0), deletion, placed.ToArray());
        await pauses.ReachAsync("restore.tagged", tx.Ct);
        return (placed.Count, taken);
    }

    private async Task ChargeAsync(long[] shown)
    {
        var manifests = await tx.ListAsync("SELECT digest, manifest_size FROM artifact WHERE id = ANY($1)",
            row => (Digest: row.GetFieldValue<byte[]>(0), Size: (long)row.GetInt32(1)), (object)shown);
        await quota.ChargeAsync([.. manifests.Select(manifest => manifest.Digest)], [.. manifests.Select(manifest => manifest.Size)]);
        var blobs = await tx.ListAsync("SELECT digest FROM blob WHERE id IN (SELECT blob_id FROM artifact_blob WHERE artifact_id = ANY($1))",
            row => row.GetFieldValue<byte[]>(0), (object)shown);
        Changed.AddRange(blobs.Select(blob => Blobs.Blobs.Key(repositoryId, Digest.FromBytes(blob))));
    }

    private async Task EndAsync(long deletion, string kind)
    {
        if (kind == DeletionKind.Repository)
        {
            // What was written of it since then stays.
            await tx.ExecuteAsync("""
                UPDATE repository SET
                    description = CASE WHEN repository.description = '' THEN coalesce(deletion.description, '') ELSE repository.description END,
                    pull_count = repository.pull_count + coalesce(deletion.pull_count, 0)
                FROM deletion WHERE repository.id = $1 AND deletion.id = $2
                """, repositoryId, deletion);
        }

        await tx.ExecuteAsync("UPDATE repository SET update_time = harbor_now() WHERE id = $1", repositoryId);
        await tx.ExecuteAsync("DELETE FROM tag_trash WHERE deletion_id = $1", deletion);
        await tx.ExecuteAsync("DELETE FROM deletion WHERE id = $1", deletion);
    }
}
