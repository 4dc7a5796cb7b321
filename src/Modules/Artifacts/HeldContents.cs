using Harbor.Modules.Quotas;
using Harbor.Platform.Data;

namespace Harbor.Modules.Artifacts;

/// <summary>Counts what projects hold: their repositories' charged links, and the manifests of their visible artifacts.</summary>
internal sealed class HeldContents(Database db) : IHeldContent
{
    private const string OfProject = """
        SELECT blob.digest, blob.size
        FROM repository JOIN repository_blob AS link ON link.repository_id = repository.id AND link.charged JOIN blob ON blob.id = link.blob_id
        WHERE repository.project_id = $1
        UNION ALL
        SELECT artifact.digest, artifact.manifest_size
        FROM repository JOIN artifact ON artifact.repository_id = repository.id AND artifact.deletion_id IS NULL
        WHERE repository.project_id = $1
        """;

    public async Task<byte[][]> FindMiscountedAsync(long projectId, int limit, CancellationToken ct)
    {
        await using var command = db.Command($"""
            SELECT digest
            FROM (SELECT digest, max(size) AS size, count(*) AS count FROM ({OfProject}) AS each GROUP BY digest) AS held
            FULL JOIN (SELECT digest, size, count FROM project_blob WHERE project_id = $1) AS kept USING (digest)
            WHERE (held.size, held.count) IS DISTINCT FROM (kept.size, kept.count)
            ORDER BY digest LIMIT $2
            """).With(projectId, limit);
        return [.. await command.ListAsync(row => row.GetFieldValue<byte[]>(0), ct)];
    }

    public async Task<IReadOnlyList<HeldContent>> CountAsync(Transaction tx, long projectId, byte[][] digests) => await tx.ListAsync(
        $"SELECT digest, max(size), count(*)::integer FROM ({OfProject}) AS each WHERE digest = ANY($2) GROUP BY digest",
        row => new HeldContent(row.GetFieldValue<byte[]>(0), row.GetInt64(1), row.GetInt32(2)), projectId, digests);
}
