using Harbor.Platform.Data;

namespace Harbor.Modules.Artifacts.Collection;

/// <summary>A blob to decide about.</summary>
/// <param name="Version">Of the review when it was claimed; a reference lost since then has raised it.</param>
internal readonly record struct BlobReview(long BlobId, long Version);

/// <summary>The collector's queue: blobs that may have lost their last reference, each with the time to look at it.</summary>
internal sealed class BlobReviews(Database db)
{
    // Whoever claimed a review and died has it taken over after this.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>Takes reviews that are due, in a commit of its own: held while a blob is waited for, they would deadlock with uploads.</summary>
    public async Task<List<BlobReview>> ClaimAsync(int limit, CancellationToken ct)
    {
        await using var command = db.Command("""
            UPDATE blob_review SET claimed_until = harbor_now() + $1
            WHERE blob_id IN (
                SELECT blob_id FROM blob_review
                WHERE review_after <= harbor_now() AND (claimed_until IS NULL OR claimed_until <= harbor_now())
                ORDER BY review_after LIMIT $2 FOR UPDATE SKIP LOCKED)
            RETURNING blob_id, version
            """).With(Lease, limit);
        return await command.ListAsync(row => new BlobReview(row.GetInt64(0), row.GetInt64(1)), ct);
    }

    /// <summary>Ends reviews that were decided: one at another version than the claimed one stays, for it was asked for again.</summary>
    /// <param name="decided">Those that were claimed; they must be in order of the blob.</param>
    /// <param name="moved">Blobs to look at again, and when.</param>
    public static async Task SettleAsync(Transaction tx, IReadOnlyCollection<BlobReview> decided, IReadOnlyDictionary<long, DateTimeOffset> moved)
    {
        var over = decided.Where(review => !moved.ContainsKey(review.BlobId)).ToArray();
        var later = decided.Where(review => moved.ContainsKey(review.BlobId)).ToArray();
        var all = decided.Select(review => review.BlobId).ToArray();
        await using var _ = await tx.BatchAsync(
            ("SELECT 1 FROM blob_review WHERE blob_id = ANY($1) ORDER BY blob_id FOR UPDATE", [all]),
            ("""
            DELETE FROM blob_review AS review USING unnest($1::bigint[], $2::bigint[]) AS claimed (blob_id, version)
            WHERE review.blob_id = claimed.blob_id AND review.version = claimed.version
            """, [Ids(over), Versions(over)]),
            ("""
            UPDATE blob_review AS review SET review_after = claimed.after
            FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) AS claimed (blob_id, version, after)
            WHERE review.blob_id = claimed.blob_id AND review.version = claimed.version
            """, [Ids(later), Versions(later), later.Select(review => moved[review.BlobId]).ToArray()]),
            ("UPDATE blob_review SET claimed_until = NULL WHERE blob_id = ANY($1)", [all]));
    }

    private static long[] Ids(BlobReview[] reviews) => [.. reviews.Select(review => review.BlobId)];

    private static long[] Versions(BlobReview[] reviews) => [.. reviews.Select(review => review.Version)];
}
