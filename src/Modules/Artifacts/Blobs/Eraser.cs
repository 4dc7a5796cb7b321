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

    /// <summary>Erases everything that is due. Returns how many locations.</summary>
    public async Task<int> EraseDueAsync(CancellationToken ct)
    {
        var erased = 0;
        while (await TakeAsync(ct) is { Count: > 0 } batch)
        {
            if (!await marker.MatchesAsync(ct))
            {
                // A database restored or cloned beside a storage that is not its own would erase another's blobs.
                Log.StorageIsNotOurs(logger);
                return erased;
            }

            await pauses.ReachAsync("erase.taken", ct);
            foreach (var location in batch)
            {
                await store.EraseAsync(new Location(location), ct);
            }

            await pauses.ReachAsync("erase.erased", ct);
            await using var command = db.Command("DELETE FROM erasure WHERE location = ANY($1)").With((object)batch.ToArray());
            await command.ExecuteNonQueryAsync(ct);
            erased += batch.Count;
        }

        return erased;
    }

    private async Task<List<string>> TakeAsync(CancellationToken ct)
    {
        await using var command = db.Command("""
            UPDATE erasure SET erase_after = harbor_now() + $1
            WHERE location IN (SELECT location FROM erasure WHERE erase_after <= harbor_now() ORDER BY erase_after LIMIT $2 FOR UPDATE SKIP LOCKED)
            RETURNING location
            """).With(Lease, BatchSize);
        return await command.ListAsync(row => row.GetString(0), ct);
    }
}
