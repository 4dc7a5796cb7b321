using Harbor.Platform.Data;
using Harbor.Storage;

namespace Harbor.Modules.Artifacts.Blobs;

/// <summary>The list of bytes that no row owns any more. Written in the transaction that disowned them, erased later.</summary>
public static class Erasures
{
    /// <summary>Queues locations. Naming one twice, or one where nothing lies, does no harm.</summary>
    /// <param name="size">Bytes at each of them, as far as known.</param>
    /// <param name="after">How long to wait: a writer that may still be about to write there must be given up first.</param>
    public static Task AddAsync(Transaction tx, IEnumerable<Location?> locations, long size, TimeSpan after) =>
        AddAsync(tx, [.. locations.Where(location => location is not null).Select(location => (location!.Value, size))], after);

    /// <inheritdoc cref="AddAsync(Transaction, IEnumerable{Location?}, long, TimeSpan)"/>
    /// <param name="contents">Each location with the bytes that lie there.</param>
    public static Task AddAsync(Transaction tx, IReadOnlyCollection<(Location Location, long Size)> contents, TimeSpan after)
    {
        var gone = contents.Where(content => !content.Location.IsLost).DistinctBy(content => content.Location.Key).OrderBy(content => content.Location.Key, StringComparer.Ordinal).ToList();
        return gone.Count == 0
            ? Task.CompletedTask
            : tx.ExecuteAsync("""
                INSERT INTO erasure (location, size, erase_after)
                SELECT location, size, harbor_now() + $3 FROM unnest($1::text[], $2::bigint[]) AS gone (location, size)
                ON CONFLICT (location) DO NOTHING
                """, gone.Select(content => content.Location.Key).ToArray(), gone.Select(content => content.Size).ToArray(), after);
    }
}
