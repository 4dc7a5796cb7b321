using Harbor.Modules.Quotas;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Storage;

namespace Harbor.Modules.Artifacts.Blobs;

/// <summary>Removing links and blobs, for use inside a transaction that holds the blobs <c>FOR UPDATE</c>.</summary>
internal static class BlobCollection
{
    /// <summary>Removes a link that nothing uses; what it was charged is given back.</summary>
    public static async Task UnlinkAsync(Transaction tx, QuotaLedger quota, long repositoryId, long blobId, Digest digest)
    {
        var charged = await tx.ScalarAsync<bool?>(
            "DELETE FROM repository_blob WHERE repository_id = $1 AND blob_id = $2 AND uses = 0 RETURNING charged", repositoryId, blobId);
        if (charged == true)
        {
            await quota.RefundAsync([digest.ToBytes()]);
        }
    }

    /// <summary>Removes those blobs that no repository is linked to and no artifact, hidden ones included, names.</summary>
    /// <param name="eraseAfter">How long their bytes stay after this.</param>
    /// <returns>Sizes of those removed, in bytes.</returns>
    public static async Task<IReadOnlyList<long>> RemoveUnusedAsync(Transaction tx, IBlobStore store, long[] blobIds, TimeSpan eraseAfter)
    {
        var removed = await tx.ListAsync("""
            DELETE FROM blob WHERE id = ANY($1)
              AND NOT EXISTS (SELECT 1 FROM repository_blob WHERE blob_id = blob.id)
              AND NOT EXISTS (SELECT 1 FROM artifact_blob WHERE blob_id = blob.id)
            RETURNING digest, size, location
            """, row => (Digest: Digest.FromBytes(row.GetFieldValue<byte[]>(0)), Size: row.GetInt64(1), Location: row.IsDBNull(2) ? null : row.GetString(2)), (object)blobIds);
        await Erasures.AddAsync(
            tx, [.. removed.Select(blob => (blob.Location is null ? store.CanonicalOf(blob.Digest) : new Location(blob.Location), blob.Size))], eraseAfter);
        return [.. removed.Select(blob => blob.Size)];
    }
}
