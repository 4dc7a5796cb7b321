using Harbor.Platform.Data;
using Harbor.Storage;

namespace Harbor.Modules.Artifacts.Blobs;

/// <summary>The list of bytes that no row owns any more. Written in the transaction that disowned them, erased later.</summary>
public static class Erasures
{
    /// <summary>Queues locations. Naming one twice, or one where nothing lies, does no harm.</summary>
    /// <param name="after">How long to wait: a writer that may still be about to write there must be given up first.</param>
    public static Task AddAsync(Transaction tx, IEnumerable<Location?> locations, long size, TimeSpan after)
    {
        var keys = locations.Where(location => location is not null).Select(location => location!.Value.Key).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        return keys.Length == 0
            ? Task.CompletedTask
            : tx.ExecuteAsync("""
                INSERT INTO erasure (location, size, erase_after) SELECT location, $2, harbor_now() + $3 FROM unnest($1::text[]) AS gone (location)
                ON CONFLICT (location) DO NOTHING
                """, keys, size, after);
    }
}
