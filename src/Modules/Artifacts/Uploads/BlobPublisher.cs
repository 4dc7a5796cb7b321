using Harbor.Modules.Artifacts.Blobs;
using Harbor.Modules.Quotas;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Settings;
using Harbor.Storage;

namespace Harbor.Modules.Artifacts.Uploads;

/// <summary>The end of an upload: bytes get their final location, then one transaction makes them a blob of the repository.</summary>
internal sealed class BlobPublisher(Database db, IBlobStore store, HarborOptions options, PausePoints pauses)
{
    /// <summary>Publishes durable, checked bytes.</summary>
    /// <returns>False when the claim was lost or its stage is gone; nothing became visible then.</returns>
    /// <exception cref="RegistryException"><c>DENIED</c>: quota. <c>NOT_FOUND</c>: the project was deleted meanwhile.</exception>
    /// <remarks>
    /// The upload's row already names the location it intends, so a crash between the two steps leaves bytes that the sweeper finds.
    /// When the answer to COMMIT is lost nothing is erased: whether the row of the upload is still there tells what happened.
    /// </remarks>
    public async Task<bool> PublishAsync(RepositoryScope scope, UploadClaim claim, Digest digest, long size)
    {
        await pauses.ReachAsync("blob.complete", CancellationToken.None);
        if (!await store.PublishAsync(claim.Stage, claim.Target!.Value, synced: true))
        {
            return false;
        }

        await pauses.ReachAsync("blob.published", CancellationToken.None);
        var lost = await FindLostAsync(digest);
        var committed = await db.TransactAsync(tx => CommitAsync(tx, scope, claim, digest, size, lost), CancellationToken.None);
        await pauses.ReachAsync("blob.committed", CancellationToken.None);
        return committed;
    }

    private async Task<bool> CommitAsync(Transaction tx, RepositoryScope scope, UploadClaim claim, Digest digest, long size, Location? lost)
    {
        // The upload ends and the blob is written in one statement: without the row of the upload, its claim being ours, nothing is.
        // An update, not DO NOTHING: it waits for a collector that holds the row, and inserts anew when the row is gone.
        var ours = claim.Target!.Value;
        var stored = digest.ToBytes();
        List<(long Id, Location Location)> upserted;
        await using (var reader = await RepositoryLocks.ShareAsync(tx, scope, claim.RepositoryId, ("""
            WITH ended AS (DELETE FROM upload WHERE id = $1 AND claim = $2 RETURNING id)
            INSERT INTO blob (digest, size, location, pushed_at) SELECT $3, $4, $5, harbor_now() FROM ended
            ON CONFLICT (digest) DO UPDATE SET pushed_at = excluded.pushed_at
            RETURNING id, location
            """, [claim.UploadId, claim.Id, stored, size, ours.Key])))
        {
            upserted = await reader.TakeAsync(row => (row.GetInt64(0), row.IsDBNull(1) ? store.CanonicalOf(digest) : new Location(row.GetString(1))), tx.Ct);
        }

        if (upserted is not [var (id, location)])
        {
            return false;   // swept, cancelled or taken over
        }

        await pauses.ReachAsync("blob.upserted", tx.Ct);
        if (location == lost || location.IsLost)
        {
            // The bytes we had are missing or of a wrong size: this push heals the blob.
            await tx.ExecuteAsync("UPDATE blob SET location = $2 WHERE id = $1", id, ours.Key);
            await Erasures.AddAsync(tx, [location], 0, TimeSpan.Zero);
        }
        else if (location != ours)
        {
            await Erasures.AddAsync(tx, [ours], size, TimeSpan.Zero);
        }

        if (claim.Source is { } source && source != claim.Stage)
        {
            await Erasures.AddAsync(tx, [source], claim.Accepted, UploadLedger.Lease);
        }

        var quota = new QuotaLedger(tx, scope.Project.Id);
        await BlobLinks.AddAsync(tx, quota, claim.RepositoryId, id, stored, size, options.GarbageGrace);
        await pauses.ReachAsync("blob.linked", tx.Ct);
        await quota.SettleAsync();
        await pauses.ReachAsync("blob.settled", tx.Ct);
        return true;
    }

    // Looked at outside the transaction, which must not wait for storage.
    private async Task<Location?> FindLostAsync(Digest digest)
    {
        await using var command = db.Command("SELECT size, location FROM blob WHERE digest = $1").With(digest.ToBytes());
        var known = await command.FindAsync(
            row => (Size: row.GetInt64(0), Location: row.IsDBNull(1) ? store.CanonicalOf(digest) : new Location(row.GetString(1))), CancellationToken.None);
        return known.Location.Key is not null && store.SizeOf(known.Location) != known.Size ? known.Location : null;
    }
}
