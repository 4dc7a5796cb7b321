using Harbor.Modules.Artifacts.Blobs;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;

namespace Harbor.Modules.Artifacts.Collection;

/// <summary>Frees what was deleted and can no longer be restored: the rows of artifacts and tags, then the deletion itself.</summary>
internal sealed class HiddenArtifacts(Database db, PausePoints pauses)
{
    private const int BatchSize = 500;

    /// <summary>
    /// Marks deletions as being freed, in commits of their own: from then on none of them can be restored, however far the freeing
    /// gets. One that is being restored at this moment is left alone.
    /// </summary>
    /// <param name="age">How long ago it must have been deleted.</param>
    /// <returns>How many were marked.</returns>
    public async Task<long> MarkAsync(TimeSpan age, CancellationToken ct)
    {
        long all = 0;
        int marked;
        do
        {
            await using var command = db.Command("""
                UPDATE deletion SET freeing = true
                WHERE id IN (
                    SELECT id FROM deletion WHERE NOT freeing AND deleted_at <= harbor_now() - $1
                    ORDER BY deleted_at LIMIT $2 FOR UPDATE SKIP LOCKED)
                """).With(age, BatchSize);
            marked = await command.ExecuteNonQueryAsync(ct);
            await pauses.ReachAsync("free.marked", ct);
            all += marked;
        }
        while (marked == BatchSize);
        return all;
    }

    /// <summary>Frees everything that is marked. Parents go before their children: a row that a reference names stays.</summary>
    public async Task FreeAsync(Action<Collected> freed, CancellationToken ct)
    {
        while (await db.TransactAsync(FreeBatchAsync, ct) is { } batch)
        {
            freed(batch);
        }

        while (await db.TransactAsync(EndBatchAsync, ct) == BatchSize)
        {
        }
    }

    // Null: there is nothing more to free.
    private async Task<Collected?> FreeBatchAsync(Transaction tx)
    {
        var chosen = await tx.ListAsync("""
            SELECT artifact.id FROM deletion JOIN artifact ON artifact.deletion_id = deletion.id
            WHERE deletion.freeing AND NOT EXISTS (SELECT 1 FROM artifact_reference WHERE child_id = artifact.id)
            LIMIT $1
            """, row => row.GetInt64(0), BatchSize);
        if (chosen.Count == 0)
        {
            return null;
        }

        await tx.ExecuteAsync("SELECT 1 FROM artifact WHERE id = ANY($1) ORDER BY id FOR UPDATE", (object)chosen.ToArray());
        await pauses.ReachAsync("free.held", tx.Ct);

        // Who waited for a push looks again: the artifact may be visible now.
        var artifacts = (await tx.ListAsync("""
            SELECT artifact.id FROM deletion JOIN artifact ON artifact.deletion_id = deletion.id
            WHERE artifact.id = ANY($1) AND deletion.freeing AND NOT EXISTS (SELECT 1 FROM artifact_reference WHERE child_id = artifact.id)
            """, row => row.GetInt64(0), (object)chosen.ToArray())).ToArray();
        await pauses.ReachAsync("free.looked", tx.Ct);
        await using (await tx.BatchAsync(
            ("DELETE FROM artifact_reference WHERE parent_id = ANY($1)", [artifacts]),
            ("DELETE FROM accessory WHERE artifact_id = ANY($1)", [artifacts]),
            ("DELETE FROM tag_trash WHERE artifact_id = ANY($1)", [artifacts]),
            ("DELETE FROM manifest WHERE artifact_id = ANY($1)", [artifacts])))
        {
        }

        var blobs = await tx.ListAsync("DELETE FROM artifact_blob WHERE artifact_id = ANY($1) RETURNING blob_id", row => row.GetInt64(0), (object)artifacts);
        var sizes = await tx.ListAsync("DELETE FROM artifact WHERE id = ANY($1) RETURNING manifest_size", row => (long)row.GetInt32(0), (object)artifacts);
        await pauses.ReachAsync("free.freed", tx.Ct);

        // They have waited out the grace with the artifact: one grace in all.
        await BlobLinks.ReviewAsync(tx, [.. blobs.Distinct()], TimeSpan.Zero);
        await pauses.ReachAsync("free.reviewed", tx.Ct);
        return new Collected(0, sizes.Count, 0, sizes.Sum(), 0);
    }

    private async Task<int> EndBatchAsync(Transaction tx)
    {
        var over = (await tx.ListAsync("""
            SELECT id FROM deletion WHERE freeing AND NOT EXISTS (SELECT 1 FROM artifact WHERE deletion_id = deletion.id)
            ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
            """, row => row.GetInt64(0), BatchSize)).ToArray();
        await using var _ = await tx.BatchAsync(
            ("DELETE FROM tag_trash WHERE deletion_id = ANY($1)", [over]),
            ("DELETE FROM deletion WHERE id = ANY($1)", [over]));
        await pauses.ReachAsync("free.ended", tx.Ct);
        return over.Length;
    }
}
