using Harbor.Platform.Data;
using Harbor.Platform.Settings;

namespace Harbor.Modules.Artifacts.Collection;

/// <summary>Counts what a round of collecting would free now. Reads only; costs what the queue holds, and what the untagged artifacts are.</summary>
public sealed class GarbageEstimate(Database db, UntaggedArtifacts untagged, HarborOptions options)
{
    // Blobs are looked up one by one: a plan that reads the links of the whole registry would cost what it is.
    private const string Sql = """
        WITH doomed AS MATERIALIZED (
            SELECT artifact.id, artifact.manifest_size FROM deletion JOIN artifact ON artifact.deletion_id = deletion.id
            WHERE deletion.freeing OR deletion.deleted_at <= harbor_now() - $1
            UNION ALL
            SELECT id, manifest_size FROM artifact WHERE id = ANY($3)),
        candidate AS MATERIALIZED (
            SELECT blob_id FROM blob_review WHERE review_after <= harbor_now()
            UNION
            SELECT named.blob_id FROM doomed, LATERAL (SELECT blob_id FROM artifact_blob WHERE artifact_id = doomed.id OFFSET 0) AS named),
        free AS (
            SELECT candidate.blob_id, (SELECT size FROM blob WHERE id = candidate.blob_id) AS size FROM candidate
            WHERE (SELECT count(*) FROM artifact_blob WHERE artifact_blob.blob_id = candidate.blob_id AND artifact_id NOT IN (SELECT id FROM doomed)) = 0
              AND (SELECT count(*) FROM repository_blob AS link
                   WHERE link.blob_id = candidate.blob_id AND link.uses = 0 AND link.linked_at > harbor_now() - $2) = 0)
        SELECT (SELECT count(size) FROM free), (SELECT coalesce(sum(size), 0)::bigint FROM free),
            (SELECT count(*) FROM doomed), (SELECT coalesce(sum(manifest_size), 0)::bigint FROM doomed)
        """;

    /// <param name="withUntagged">Whether untagged artifacts count as deleted already.</param>
    /// <returns>Blobs, manifests, and the bytes of both.</returns>
    public async Task<(long Blobs, long Manifests, long Bytes)> CountAsync(bool withUntagged, CancellationToken ct)
    {
        var alone = withUntagged ? await untagged.SimulateAsync(ct) : [];
        await using var command = db.Command(Sql).With(options.RestorableFor, options.GarbageGrace, alone);
        return await command.FindAsync(row => (row.GetInt64(0), row.GetInt64(2), row.GetInt64(1) + row.GetInt64(3)), ct);
    }
}
