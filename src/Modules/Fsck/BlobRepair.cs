using Harbor.Storage;

namespace Harbor.Modules.Fsck;

/// <summary>Gives a blob its bytes back where the store has them a second time, and marks it lost where it has not.</summary>
/// <remarks>
/// What is found is given a new location, and the blob that one: the place where it was found may be on its way to be erased, and a
/// location is used once. Wrong bytes are left where they are. A location is changed only while the row says what was judged.
/// </remarks>
internal sealed class BlobRepair(BlobRows rows, IBlobStore store, BlobReading reading)
{
    /// <returns>What became of it; null when somebody else changed the row meanwhile: then there is nothing to tell.</returns>
    public async Task<FindingOutcome?> RepairAsync(BlobRow row, FindingKind kind, CancellationToken ct)
    {
        // Its own place counts only when nothing is wrong with the bytes there.
        await foreach (var copy in store.ListAsync(row.Digest, ct))
        {
            if (copy.SizeBytes == row.SizeBytes && (copy.Location != row.Location || kind == FindingKind.Doomed) && await SecureAsync(row, copy.Location, ct) is { } place)
            {
                return await MoveAsync(row, place, ct) ? FindingOutcome.Repaired : null;
            }
        }

        return kind switch
        {
            FindingKind.Missing or FindingKind.WrongSize or FindingKind.Corrupt =>
                await rows.MoveAsync(row, Location.LostOf(row.Digest), ct) ? FindingOutcome.MarkedLost : null,

            // The disk may give tomorrow what it does not give today; and what is lost already stays so.
            _ => FindingOutcome.Remains,
        };
    }

    // A location of the blob's own that holds the right bytes; null when those found are not right, or not there any more.
    private async Task<Location?> SecureAsync(BlobRow row, Location found, CancellationToken ct)
    {
        var place = store.BlobOf(row.Digest, Guid.CreateVersion7());
        var right = false;
        try
        {
            right = await store.DuplicateAsync(found, place, ct) && await reading.HoldsAsync(place, row.Digest, ct) == true;
            return right ? place : null;
        }
        catch (IOException)
        {
            return null;   // as good as not there
        }
        finally
        {
            if (!right)
            {
                await store.EraseAsync(place, CancellationToken.None);
            }
        }
    }

    private async Task<bool> MoveAsync(BlobRow row, Location place, CancellationToken ct)
    {
        if (await rows.MoveAsync(row, place, ct))
        {
            return true;
        }

        await store.EraseAsync(place, CancellationToken.None);
        return false;
    }
}
