using Harbor.Oci;
using Harbor.Platform.Data;

namespace Harbor.Modules.Artifacts.Copying;

/// <summary>One artifact of those to copy.</summary>
/// <param name="Id">Its row at the source.</param>
/// <param name="Present">Row of the same artifact, where the target shows it already; null otherwise.</param>
internal sealed record CopyNode(long Id, Digest Digest, long? Present);

/// <summary>The statements about a whole tree: an artifact, its children, its accessories, and theirs.</summary>
internal static class CopyTree
{
    private const string Present = """
        (SELECT there.id FROM artifact AS there WHERE there.repository_id = $3 AND there.digest = node.digest AND there.deletion_id IS NULL)
        """;

    // Below what the target has, nothing is looked for.
    private const string Select = $"""
        WITH RECURSIVE tree (id, digest, present) AS (
            SELECT node.id, node.digest, {Present} FROM artifact AS node WHERE node.id = $1 AND node.deletion_id IS NULL
            UNION
            SELECT node.id, node.digest, {Present}
            FROM tree CROSS JOIN LATERAL (
                SELECT child.id, child.digest FROM artifact_reference JOIN artifact AS child ON child.id = child_id
                WHERE parent_id = tree.id AND child.deletion_id IS NULL
                UNION
                SELECT added.id, added.digest FROM accessory JOIN artifact AS added ON added.id = accessory.artifact_id
                WHERE accessory.repository_id = $2 AND accessory.subject_digest = tree.digest AND added.deletion_id IS NULL) AS node
            WHERE tree.present IS NULL)
        SELECT id, digest, present FROM tree
        """;

    // Which copy is whose.
    private const string Pairs = "artifact AS copy JOIN artifact AS original ON original.digest = copy.digest AND original.id = ANY($2)";

    /// <summary>What would be copied now; empty when the root is not visible.</summary>
    public static async Task<IReadOnlyList<CopyNode>> ReadAsync(Transaction tx, long root, long sourceId, long targetId) => await tx.ListAsync(
        Select,
        row => new CopyNode(row.GetInt64(0), Digest.FromBytes(row.GetFieldValue<byte[]>(1)), row.IsDBNull(2) ? null : row.GetInt64(2)),
        root, sourceId, targetId);

    /// <summary>Gives copies all that their originals have but tags and uses.</summary>
    /// <param name="inserted">Copies that are new; what they name is stored for the first time.</param>
    /// <param name="visible">Copies that have become visible, the new ones included.</param>
    public static async Task StoreAsync(Transaction tx, long[] originals, long[] inserted, long[] visible, long targetId)
    {
        var revived = visible.Except(inserted).ToArray();
        await using var reader = await tx.BatchAsync(
            ($"""
            INSERT INTO manifest (artifact_id, content)
            SELECT copy.id, manifest.content FROM {Pairs} JOIN manifest ON manifest.artifact_id = original.id WHERE copy.id = ANY($1)
            """, [inserted, originals]),
            ($"""
            INSERT INTO artifact_blob (artifact_id, blob_id, media_type)
            SELECT copy.id, named.blob_id, named.media_type FROM {Pairs} JOIN artifact_blob AS named ON named.artifact_id = original.id
            WHERE copy.id = ANY($1) ORDER BY copy.id, named.blob_id
            """, [inserted, originals]),
            ($"""
            INSERT INTO artifact_reference (parent_id, child_id, platform, urls, annotations)
            SELECT copy.id, child_copy.id, part.platform, part.urls, part.annotations
            FROM {Pairs}
            JOIN artifact_reference AS part ON part.parent_id = original.id
            JOIN artifact AS child ON child.id = part.child_id
            JOIN artifact AS child_copy ON child_copy.repository_id = $3 AND child_copy.digest = child.digest
            WHERE copy.id = ANY($1) ORDER BY copy.id, part.id
            """, [inserted, originals, targetId]),
            ("UPDATE artifact SET deletion_id = NULL, push_time = harbor_now() WHERE id = ANY($1)", [revived]),
            ("DELETE FROM artifact_label WHERE artifact_id = ANY($1)", [revived]),
            ($"""
            INSERT INTO accessory (artifact_id, repository_id, subject_digest, type, creation_time)
            SELECT copy.id, $3, accessory.subject_digest, accessory.type, harbor_now()
            FROM {Pairs} JOIN accessory ON accessory.artifact_id = original.id WHERE copy.id = ANY($1)
            ON CONFLICT (artifact_id) DO NOTHING
            """, [visible, originals, targetId]));
    }
}
