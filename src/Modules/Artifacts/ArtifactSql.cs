namespace Harbor.Modules.Artifacts;

/// <summary>Pieces of SQL that several listings share. In each, <c>a</c> is the artifact.</summary>
internal static class ArtifactSql
{
    public const string IsTagged = "EXISTS (SELECT 1 FROM tag WHERE tag.artifact_id = a.id)";

    public const string IsAccessory = "EXISTS (SELECT 1 FROM accessory WHERE accessory.artifact_id = a.id)";

    public const string IsChild = """
        EXISTS (SELECT 1 FROM artifact_reference part JOIN artifact whole ON whole.id = part.parent_id AND whole.deletion_id IS NULL WHERE part.child_id = a.id)
        """;

    /// <summary>What lists show: what is tagged, or is no part of an index; never an accessory, which its subject shows.</summary>
    public const string IsListed = $"a.deletion_id IS NULL AND NOT {IsAccessory} AND ({IsTagged} OR NOT {IsChild})";

    /// <summary>A stored digest as it stands on the wire.</summary>
    public static string DigestText(string column) =>
        $"(CASE get_byte({column}, 0) WHEN 1 THEN 'sha256:' ELSE 'sha512:' END || encode(substr({column}, 2), 'hex'))";
}
