using Harbor.Modules.Artifacts.Blobs;
using Harbor.Modules.Quotas;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Storage;

namespace Harbor.Modules.Artifacts.Collection;

/// <summary>Decides about claimed blobs in one transaction: holds them, then looks, then removes what nothing has used for a grace.</summary>
/// <remarks>Whoever adds a reference to a blob holds it, too: it is seen here, or finds the blob gone.</remarks>
internal sealed class BlobDecision(Transaction tx, IBlobStore store, TimeSpan grace, TimeSpan eraseDelay, PausePoints pauses)
{
    private const string Hold = "SELECT id, digest FROM blob WHERE id = ANY($1) ORDER BY id FOR UPDATE";

    private readonly Dictionary<long, QuotaLedger> quotas = [];

    /// <summary>Keys of cached facts that are no longer true.</summary>
    public List<string> Changed { get; } = [];

    /// <param name="patient">Whether to wait for blobs that somebody holds. A batch does not: it would make others wait meanwhile.</param>
    /// <returns>What went, and the reviews of blobs that somebody holds.</returns>
    public async Task<(Collected Collected, IReadOnlyList<BlobReview> Busy)> RunAsync(IReadOnlyList<BlobReview> claimed, bool patient)
    {
        var ids = claimed.Select(review => review.BlobId).ToArray();
        var held = (await tx.ListAsync(patient ? Hold : $"{Hold} SKIP LOCKED",
            row => (Id: row.GetInt64(0), Digest: row.GetFieldValue<byte[]>(1)), (object)ids)).ToDictionary(blob => blob.Id, blob => blob.Digest);
        await pauses.ReachAsync("collect.held", tx.Ct);
        var absent = ids.Where(id => !held.ContainsKey(id)).ToArray();
        var busy = absent.Length == 0 ? [] : (await tx.ListAsync("SELECT id FROM blob WHERE id = ANY($1)", row => row.GetInt64(0), (object)absent)).ToHashSet();

        var blobs = held.Keys.Order().ToArray();
        await UnlinkAsync(blobs, held);
        await pauses.ReachAsync("collect.unlinked", tx.Ct);
        var removed = await BlobCollection.RemoveUnusedAsync(tx, store, blobs, eraseDelay);
        var moved = await tx.ListAsync("""
            SELECT blob_id, min(linked_at) + $2 FROM repository_blob WHERE blob_id = ANY($1) AND uses = 0 GROUP BY blob_id
            """, row => (Id: row.GetInt64(0), At: row.GetFieldValue<DateTimeOffset>(1)), blobs, grace);
        await pauses.ReachAsync("collect.judged", tx.Ct);

        await BlobReviews.SettleAsync(tx, [.. claimed.Where(review => !busy.Contains(review.BlobId)).OrderBy(review => review.BlobId)], moved.ToDictionary(blob => blob.Id, blob => blob.At));
        await tx.EvictAsync(Changed);
        foreach (var (_, quota) in quotas.OrderBy(quota => quota.Key))
        {
            await quota.SettleAsync();
        }

        await pauses.ReachAsync("collect.settled", tx.Ct);
        return (new Collected(claimed.Count - busy.Count, 0, removed.Count, removed.Sum(), 0), [.. claimed.Where(review => busy.Contains(review.BlobId))]);
    }

    // The conditions are looked at again for a link that was waited for: whoever deletes an artifact holds links, not blobs.
    private async Task UnlinkAsync(long[] blobs, Dictionary<long, byte[]> digests)
    {
        var idle = await tx.ListAsync("""
            SELECT repository_id FROM repository_blob WHERE blob_id = ANY($1) AND uses = 0 AND linked_at <= harbor_now() - $2
            """, row => row.GetInt64(0), blobs, grace);
        await pauses.ReachAsync("collect.looked", tx.Ct);
        if (idle.Count == 0)
        {
            return;
        }

        var unlinked = await tx.ListAsync("""
            WITH idle AS MATERIALIZED (
                SELECT repository_id, blob_id FROM repository_blob
                WHERE blob_id = ANY($1) AND uses = 0 AND linked_at <= harbor_now() - $2 ORDER BY blob_id, repository_id FOR UPDATE)
            DELETE FROM repository_blob AS link USING idle, repository
            WHERE link.repository_id = idle.repository_id AND link.blob_id = idle.blob_id AND repository.id = link.repository_id
            RETURNING link.blob_id, link.repository_id, repository.project_id, link.charged
            """, row => (Blob: row.GetInt64(0), Repository: row.GetInt64(1), Project: row.GetInt64(2), Charged: row.GetBoolean(3)), blobs, grace);
        Changed.AddRange(unlinked.Select(link => Blobs.Blobs.Key(link.Repository, Digest.FromBytes(digests[link.Blob]))));
        foreach (var project in unlinked.Where(link => link.Charged).GroupBy(link => link.Project).OrderBy(project => project.Key))
        {
            var quota = quotas[project.Key] = new QuotaLedger(tx, project.Key);

            // A blob that several repositories of a project gave up is counted once for each of them.
            foreach (var turn in project.GroupBy(link => link.Blob).SelectMany(blob => blob.Select((link, turn) => (link.Blob, turn))).GroupBy(link => link.turn))
            {
                await quota.RefundAsync([.. turn.Select(link => digests[link.Blob])]);
            }
        }
    }
}
