using Harbor.Oci;
using Npgsql;

namespace Harbor.Modules.Artifacts.Deletion;

internal static class PruneQueries
{
    /// <summary>SQL: candidates of repository <c>$1</c> by id, for <see cref="Read"/>; <c>$2</c> is the grace. Tags and labels are gathered once for all.</summary>
    public const string Candidates = $"""
        WITH tagged AS (
            SELECT artifact_id, array_agg(name ORDER BY name) AS names, max(push_time) AS pushed, max(pull_time) AS pulled
            FROM tag WHERE repository_id = $1 GROUP BY artifact_id),
        labelled AS (
            SELECT artifact_id, array_agg(label.name ORDER BY label.name) AS names
            FROM artifact_label JOIN label ON label.id = label_id
            WHERE artifact_id IN (SELECT id FROM artifact WHERE repository_id = $1 AND deletion_id IS NULL) GROUP BY artifact_id)
        SELECT a.id, a.digest, a.type, coalesce(tagged.names, ARRAY[]::text[]), coalesce(labelled.names, ARRAY[]::text[]),
            greatest(a.push_time, tagged.pushed), greatest(a.pull_time, tagged.pulled), a.push_time, a.touched_at > harbor_now() - $2::interval
        FROM artifact a
        LEFT JOIN tagged ON tagged.artifact_id = a.id
        LEFT JOIN labelled ON labelled.artifact_id = a.id
        WHERE a.repository_id = $1 AND a.deletion_id IS NULL AND NOT {ArtifactSql.IsAccessory} AND NOT {ArtifactSql.IsChild}
        ORDER BY a.id
        """;

    public static PruneCandidate Read(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        Digest.FromBytes(row.GetFieldValue<byte[]>(1)),
        row.GetString(2),
        row.GetFieldValue<string[]>(3),
        row.GetFieldValue<string[]>(4),
        row.GetFieldValue<DateTimeOffset>(5),
        row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6),
        row.GetFieldValue<DateTimeOffset>(7),
        row.GetBoolean(8));
}
