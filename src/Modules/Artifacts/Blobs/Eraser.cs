using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Storage;
using Microsoft.Extensions.Logging;

namespace Harbor.Modules.Artifacts.Blobs;

/// <summary>Erases bytes that no row owns any more. A location is never used again, so it needs no lock and may repeat itself.</summary>
public sealed class Eraser(Database db, IBlobStore store, InstanceMarker marker, PausePoints pauses, ILogger<Eraser> logger)
{
    private const int BatchSize = 500;

    // Whoever took a batch and died has it taken over after this.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>Erases everything that is due, and counts what the storage confirms.</summary>
    public async Task<Erased> EraseDueAsync(CancellationToken ct)
    {
        var erased = default(Erased);
        while (await TakeAsync(ct) is { Count: > 0 } batch)
        {
            if (!await marker.MatchesAsync(ct))
            {
                // A database restored or cloned beside a storage that is not its own would erase another's blobs.
                Log.StorageIsNotOurs(logger);
                return erased;
            }

            await pauses.ReachAsync("erase.taken", ct);
            erased += await EraseAsync(batch, ct);
        }

        return erased;
    }

    private async Task<Erased> EraseAsync(List<(string Location, long Size)> batch, CancellationToken ct)
    {
        var confirmed = new List<(string Location, long Size)>(batch.Count);
        foreach (var content in batch)
        {
            try
            {
                await store.EraseAsync(new Location(content.Location), ct);
                confirmed.Add(content);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // One file that cannot be removed must not keep the others. Its row stays, and is due again when the lease is over.
                Log.NotErased(logger, e, content.Location);
            }
        }

        await pauses.ReachAsync("erase.erased", ct);
        await using var command = db.Command("DELETE FROM erasure WHERE location = ANY($1)").With((object)confirmed.Select(content => content.Location).ToArray());
        await command.ExecuteNonQueryAsync(ct);
        var bytes = confirmed.Sum(content => content.Size);
        return new Erased(confirmed.Count, bytes, batch.Sum(content => content.Size) - bytes);
    }

    private async Task<List<(string Location, long Size)>> TakeAsync(CancellationToken ct)
    {
        await using var command = db.Command("""
            UPDATE erasure SET erase_after = harbor_now() + $1
            WHERE location IN (SELECT location FROM erasure WHERE erase_after <= harbor_now() ORDER BY erase_after LIMIT $2 FOR UPDATE SKIP LOCKED)
            RETURNING location, size
            """).With(Lease, BatchSize);
        return await command.ListAsync(row => (row.GetString(0), row.GetInt64(1)), ct);
    }
}
