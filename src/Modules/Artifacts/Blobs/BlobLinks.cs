using Harbor.Modules.Quotas;
using Harbor.Platform.Data;

namespace Harbor.Modules.Artifacts.Blobs;

/// <summary>
/// Statements about links, "this repository may serve this blob", for use inside a transaction that already holds the blob. A link
/// in use, or uploaded a moment ago, is charged to its project; one that lost its last use is not.
/// </summary>
internal static class BlobLinks
{
    /// <summary>Links a blob that a client has just given or mounted: charged, and reviewed when the grace is over.</summary>
    public static async Task AddAsync(Transaction tx, QuotaLedger quota, long repositoryId, long blobId, byte[] digest, long size, TimeSpan grace)
    {
        var added = await tx.ScalarAsync<bool?>("""
            INSERT INTO repository_blob (repository_id, blob_id, charged, linked_at) VALUES ($1, $2, true, harbor_now())
            ON CONFLICT (repository_id, blob_id) DO UPDATE SET linked_at = excluded.linked_at
            RETURNING xmax = 0 OR NOT charged
            """, repositoryId, blobId);
        if (added == true)
        {
            await tx.ExecuteAsync(
                "UPDATE repository_blob SET charged = true WHERE repository_id = $1 AND blob_id = $2 AND NOT charged", repositoryId, blobId);
            await quota.ChargeAsync([digest], [size]);
        }

        await ReviewAsync(tx, [blobId], grace);
    }

    /// <summary>A visible artifact names these blobs: one more use of each link, which is made or charged where it was not.</summary>
    public static async Task UseAsync(Transaction tx, QuotaLedger quota, long repositoryId, long[] blobIds)
    {
        if (blobIds.Length == 0)
        {
            return;
        }

        var uncharged = await tx.ListAsync("""
            INSERT INTO repository_blob AS link (repository_id, blob_id, uses, charged, linked_at)
            SELECT $1, id, 1, false, harbor_now() FROM unnest($2::bigint[]) AS named (id) ORDER BY id
            ON CONFLICT (repository_id, blob_id) DO UPDATE SET uses = link.uses + 1
            RETURNING CASE WHEN charged THEN 0 ELSE blob_id END
            """, row => row.GetInt64(0), repositoryId, blobIds);
        uncharged.RemoveAll(id => id == 0);
        if (uncharged.Count > 0)
        {
            await ChargeAsync(tx, quota, repositoryId, [.. uncharged]);
        }
    }

    /// <summary>Artifacts that have become visible together name blobs: as many more uses of each link as there are artifacts that name it.</summary>
    public static async Task UseByAsync(Transaction tx, QuotaLedger quota, long repositoryId, long[] artifactIds)
    {
        var uncharged = await tx.ListAsync("""
            INSERT INTO repository_blob AS link (repository_id, blob_id, uses, charged, linked_at)
            SELECT $1, blob_id, count(*), false, harbor_now() FROM artifact_blob WHERE artifact_id = ANY($2) GROUP BY blob_id ORDER BY blob_id
            ON CONFLICT (repository_id, blob_id) DO UPDATE SET uses = link.uses + excluded.uses
            RETURNING CASE WHEN charged THEN 0 ELSE blob_id END
            """, row => row.GetInt64(0), repositoryId, artifactIds);
        uncharged.RemoveAll(id => id == 0);
        if (uncharged.Count > 0)
        {
            await ChargeAsync(tx, quota, repositoryId, [.. uncharged]);
        }
    }

    /// <summary>
    /// Hidden artifacts no longer name these blobs. A link that loses its last use serves on, uncharged, until the grace is over.
    /// </summary>
    /// <returns>Digests of the blobs whose link has no use left: whoever caches them must forget.</returns>
    public static async Task<List<byte[]>> ReleaseAsync(Transaction tx, QuotaLedger quota, long repositoryId, long[] artifactIds, TimeSpan grace)
    {
        await tx.ExecuteAsync("""
            SELECT 1 FROM repository_blob
            WHERE repository_id = $1 AND blob_id IN (SELECT blob_id FROM artifact_blob WHERE artifact_id = ANY($2))
            ORDER BY blob_id FOR UPDATE
            """, repositoryId, artifactIds);

        // One update of each link: the database looks after the foreign keys of a row that a transaction changes twice, and would
        // wait for the collector, which holds blobs before links.
        var released = await tx.ListAsync("""
            UPDATE repository_blob AS link SET
                uses = link.uses - named.times,
                linked_at = CASE WHEN link.uses = named.times THEN harbor_now() ELSE link.linked_at END,
                charged = link.charged AND link.uses > named.times
            FROM (SELECT blob_id, count(*) AS times FROM artifact_blob WHERE artifact_id = ANY($2) GROUP BY blob_id) AS named
            JOIN repository_blob AS held ON held.repository_id = $1 AND held.blob_id = named.blob_id
            JOIN blob ON blob.id = named.blob_id
            WHERE link.repository_id = $1 AND link.blob_id = named.blob_id
            RETURNING link.blob_id, blob.digest, held.charged, link.uses = 0
            """, row => (Id: row.GetInt64(0), Digest: row.GetFieldValue<byte[]>(1), Charged: row.GetBoolean(2), IsUnused: row.GetBoolean(3)), repositoryId, artifactIds);
        var unused = released.FindAll(link => link.IsUnused);
        await quota.RefundAsync([.. unused.Where(link => link.Charged).Select(link => link.Digest)]);
        await ReviewAsync(tx, [.. unused.Select(link => link.Id)], grace);
        return [.. unused.Select(link => link.Digest)];
    }

    /// <summary>Asks the collector to look at blobs when <paramref name="after"/> has passed. Raises the version of a review under way.</summary>
    public static async Task ReviewAsync(Transaction tx, long[] blobIds, TimeSpan after)
    {
        if (blobIds.Length > 0)
        {
            await tx.ExecuteAsync("""
                INSERT INTO blob_review AS review (blob_id, review_after)
                SELECT id, harbor_now() + $2 FROM unnest($1::bigint[]) AS blob (id) ORDER BY id
                ON CONFLICT (blob_id) DO UPDATE SET review_after = excluded.review_after, version = review.version + 1
                """, blobIds, after);
        }
    }

    private static async Task ChargeAsync(Transaction tx, QuotaLedger quota, long repositoryId, long[] blobIds)
    {
        await tx.ExecuteAsync("UPDATE repository_blob SET charged = true WHERE repository_id = $1 AND blob_id = ANY($2)", repositoryId, blobIds);
        var contents = await tx.ListAsync(
            "SELECT digest, size FROM blob WHERE id = ANY($1)", row => (row.GetFieldValue<byte[]>(0), row.GetInt64(1)), blobIds);
        await quota.ChargeAsync([.. contents.Select(content => content.Item1)], [.. contents.Select(content => content.Item2)]);
    }
}
