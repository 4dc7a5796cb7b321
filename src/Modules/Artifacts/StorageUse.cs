using Harbor.Platform.Data;
using Harbor.Storage;

namespace Harbor.Modules.Artifacts;

/// <summary>How much content there is, each piece counted once however many repositories show it.</summary>
public sealed class StorageUse(Database db, IBlobStore store)
{
    /// <summary>Bytes that there is room for, and how many of them are free; null when the store has no bounds.</summary>
    public (long Total, long Free)? Space => store.Space;

    /// <summary>Bytes of all blobs and of all visible manifests.</summary>
    public async Task<long> BytesAsync(CancellationToken ct)
    {
        await using var command = db.Command("""
            SELECT ((SELECT coalesce(sum(size), 0) FROM blob)
                + (SELECT coalesce(sum(size), 0) FROM (
                    SELECT max(manifest_size)::bigint AS size FROM artifact WHERE deletion_id IS NULL GROUP BY digest) AS each_once))::bigint
            """);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}
