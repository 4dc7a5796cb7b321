using Harbor.Modules.Artifacts.Blobs;
using Harbor.Modules.Quotas;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Storage;
using Npgsql;

namespace Harbor.Modules.Artifacts.Uploads;

/// <summary>The <c>upload</c> table: who may write where, and how far the bytes are accepted. Any replica can go on with any upload.</summary>
internal sealed class UploadLedger(Database db, IBlobStore store)
{
    /// <summary>How long a claim lives without being renewed.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    /// <summary>Starts an upload, unless the project is over its quota already.</summary>
    /// <param name="claim">A claim to begin with, for an upload that ends with the request that started it.</param>
    /// <returns>False when the quota refuses.</returns>
    public async Task<bool> StartAsync(
        Guid id, long projectId, long repositoryId, DigestAlgorithm algorithm, TimeSpan lifetime, UploadClaim? claim, CancellationToken ct)
    {
        await using var command = db.Command($"""
            INSERT INTO upload (id, repository_id, algorithm, claim, claim_staged, claim_until, location, started_at, expires_at)
            SELECT $1, $2, $3, $4, $5, harbor_now() + $6, $7, harbor_now(), harbor_now() + $8
            WHERE NOT EXISTS (SELECT 1 FROM quota WHERE project_id = $9 AND hard <> -1 AND used > hard AND {QuotaLedger.IsEnforced})
            """).With(id, repositoryId, (short)algorithm, claim?.Id, claim?.Stage.Key, Lease, claim?.Target?.Key, lifetime, projectId);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    /// <summary>Accepted bytes of a living upload; null when there is none by this id in this repository.</summary>
    public async Task<UploadStatus?> FindAsync(Guid id, long repositoryId, CancellationToken ct)
    {
        await using var command = db.Command("SELECT accepted FROM upload WHERE id = $1 AND repository_id = $2 AND expires_at > harbor_now()")
            .With(id, repositoryId);
        return await command.ExecuteScalarAsync(ct) is long accepted ? new UploadStatus(id, accepted) : null;
    }

    /// <summary>Takes the right to write, before the first byte. Null when the upload is absent, elsewhere in its bytes, or being written.</summary>
    /// <param name="start">Offset at which the client says its bytes start; null when it does not say.</param>
    /// <param name="publishAs">The digest that the claim will publish; null when it only appends.</param>
    public async Task<UploadClaim?> ClaimAsync(Guid id, long repositoryId, long? start, Digest? publishAs, TimeSpan lifetime, CancellationToken ct)
    {
        var claim = Guid.CreateVersion7();
        var own = store.StageOf(id, claim);
        var target = publishAs is { } digest ? store.BlobOf(digest, claim) : (Location?)null;

        // A writer that never released its claim may be half-dead and still writing: its successor writes elsewhere, and what the
        // dead claim would have published or staged beside the accepted bytes is left for erasing.
        await using var command = db.Command("""
            WITH before AS (
                SELECT * FROM upload
                WHERE id = $1 AND repository_id = $2 AND expires_at > harbor_now()
                  AND (claim IS NULL OR claim_until <= harbor_now()) AND ($3::bigint IS NULL OR accepted = $3)
                FOR UPDATE),
            leftovers AS (
                INSERT INTO erasure (location, size, erase_after)
                SELECT location, 0, harbor_now() + $4 FROM (
                    SELECT claim_staged AS location FROM before WHERE claim IS NOT NULL AND claim_staged IS DISTINCT FROM staged
                    UNION SELECT location FROM before WHERE claim IS NOT NULL) AS left_by_dead
                WHERE location IS NOT NULL
                ON CONFLICT (location) DO NOTHING)
            UPDATE upload
            SET claim = $5, claim_until = harbor_now() + $4, expires_at = harbor_now() + $6, location = $7,
                claim_staged = CASE WHEN before.claim IS NULL AND before.staged IS NOT NULL THEN before.staged ELSE $8 END
            FROM before WHERE upload.id = before.id
            RETURNING upload.accepted, upload.algorithm, upload.digest_so_far, upload.staged, upload.claim_staged
            """).With(id, repositoryId, start, Lease, claim, lifetime, target?.Key, own.Key);
        return await command.FindAsync(row => Read(row, id, repositoryId, claim, target), ct);
    }

    /// <summary>Keeps a claim alive while bytes flow. False when it was lost.</summary>
    public async Task<bool> RenewAsync(UploadClaim claim, TimeSpan lifetime, CancellationToken ct)
    {
        await using var command = db.Command("""
            UPDATE upload SET claim_until = harbor_now() + $3, expires_at = harbor_now() + $4 WHERE id = $1 AND claim = $2
            """).With(claim.UploadId, claim.Id, Lease, lifetime);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    /// <summary>Accepts what the claim wrote and gives the claim back. False when the claim was lost: nothing is accepted then.</summary>
    public async Task<bool> ReleaseAsync(UploadClaim claim, long accepted, Digest? digestSoFar, CancellationToken ct)
    {
        await using var command = db.Command("""
            WITH released AS (
                UPDATE upload SET accepted = $3, digest_so_far = $4, staged = claim_staged, claim = NULL, claim_until = NULL, claim_staged = NULL, location = NULL
                WHERE id = $1 AND claim = $2
                RETURNING id),
            replaced AS (
                INSERT INTO erasure (location, size, erase_after)
                SELECT $5, $6, harbor_now() + $7 FROM released WHERE $5::text IS NOT NULL
                ON CONFLICT (location) DO NOTHING)
            SELECT count(*)::int FROM released
            """).With(
                claim.UploadId, claim.Id, accepted, digestSoFar?.ToBytes(), claim.Source != claim.Stage ? claim.Source?.Key : null, claim.Accepted, Lease);
        return (int)(await command.ExecuteScalarAsync(ct))! == 1;
    }

    /// <summary>Gives a claim back that changed nothing: what was accepted before it stands. Does nothing when the claim is not held any more.</summary>
    public Task ReturnAsync(UploadClaim claim, CancellationToken ct) =>
        db.TransactAsync(async tx =>
        {
            var returned = await tx.ExecuteAsync("""
                UPDATE upload SET claim = NULL, claim_until = NULL, claim_staged = NULL, location = NULL WHERE id = $1 AND claim = $2
                """, claim.UploadId, claim.Id);
            if (returned == 1 && claim.Source != claim.Stage)
            {
                await Erasures.AddAsync(tx, [claim.Stage], 0, TimeSpan.Zero);
            }
        }, ct);

    /// <summary>Ends an upload without a blob, whoever is writing to it; its bytes are erased. False when there was none.</summary>
    public Task<bool> VoidAsync(Guid id, long repositoryId, CancellationToken ct) =>
        VoidAsync("DELETE FROM upload WHERE id = $1 AND repository_id = $2", [id, repositoryId], ct);

    /// <summary>Ends the upload that a claim still holds. False when the claim was lost: the upload is its successor's, and untouched.</summary>
    public Task<bool> VoidAsync(UploadClaim claim, CancellationToken ct) =>
        VoidAsync("DELETE FROM upload WHERE id = $1 AND claim = $2", [claim.UploadId, claim.Id], ct);

    /// <summary>Ends what its client abandoned: expired and written by nobody. Returns how many uploads ended.</summary>
    public async Task<int> SweepAsync(int limit, CancellationToken ct)
    {
        await using var command = db.Command("""
            WITH gone AS (
                DELETE FROM upload WHERE id IN (
                    SELECT id FROM upload
                    WHERE expires_at <= harbor_now() AND (claim IS NULL OR claim_until <= harbor_now())
                    ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)
                RETURNING staged, claim_staged, location, accepted),
            queued AS (
                INSERT INTO erasure (location, size, erase_after)
                SELECT place, max(accepted), harbor_now() FROM gone, unnest(ARRAY[staged, claim_staged, location]) AS place
                WHERE place IS NOT NULL GROUP BY place
                ON CONFLICT (location) DO NOTHING)
            SELECT count(*)::int FROM gone
            """).With(limit);
        return (int)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Queues what a claim wrote, after the upload was found to be somebody else's or gone.</summary>
    public Task DisownAsync(UploadClaim claim, CancellationToken ct) =>
        db.TransactAsync(tx => Erasures.AddAsync(tx, [claim.Source == claim.Stage ? null : claim.Stage, claim.Target], claim.Accepted, TimeSpan.Zero), ct);

    private Task<bool> VoidAsync(string delete, object[] values, CancellationToken ct) =>
        db.TransactAsync(async tx =>
        {
            var ended = await tx.ListAsync($"{delete} RETURNING staged, claim_staged, location, claim IS NOT NULL, accepted",
                row => (Locations: ReadLocations(row), Claimed: row.GetBoolean(3), Accepted: row.GetInt64(4)), values);
            foreach (var upload in ended)
            {
                await Erasures.AddAsync(tx, upload.Locations, upload.Accepted, upload.Claimed ? Lease : TimeSpan.Zero);
            }

            return ended.Count > 0;
        }, ct);

    private static UploadClaim Read(NpgsqlDataReader row, Guid id, long repositoryId, Guid claim, Location? target) => new(
        id, repositoryId, claim,
        row.GetInt64(0),
        (DigestAlgorithm)row.GetInt16(1),
        row.IsDBNull(2) ? null : Digest.FromBytes(row.GetFieldValue<byte[]>(2)),
        row.IsDBNull(3) ? null : new Location(row.GetString(3)),
        new Location(row.GetString(4)),
        target);

    private static Location?[] ReadLocations(NpgsqlDataReader row) =>
        [.. Enumerable.Range(0, 3).Select(column => row.IsDBNull(column) ? (Location?)null : new Location(row.GetString(column)))];
}
