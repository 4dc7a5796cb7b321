using Harbor.Storage;

namespace Harbor.Modules.Fsck;

/// <summary>From rows to bytes: what every blob's row says must be in the store.</summary>
internal sealed class BlobCheck(FsckRun run, BlobRows rows, IBlobStore store, BlobReading reading, BlobRepair repair)
{
    public async Task RunAsync(CancellationToken ct)
    {
        run.Tally.Phase = "blobs";
        run.Tally.BlobsExpected = await rows.CountAsync(ct);
        var after = long.MinValue;
        while (await rows.ListAsync(after, ct) is { Count: > 0 } batch)
        {
            foreach (var row in batch)
            {
                await LookAsync(row, ct);
                run.Tally.Blobs++;
                run.Tally.BlobBytes += row.SizeBytes;
            }

            foreach (var row in await rows.DoomedAsync(batch, ct))
            {
                await TellAsync(row, FindingKind.Doomed, "its bytes are queued for erasing", ct);
            }

            after = batch[^1].Id;
        }
    }

    private async Task LookAsync(BlobRow row, CancellationToken ct)
    {
        while (await JudgeAsync(row, ct) is var (kind, detail) && detail.Length > 0)
        {
            // Read again after the bytes were found wanting: a blob may have been collected, healed or repaired meanwhile.
            if (await rows.FindAsync(row.Id, ct) is not { } now)
            {
                return;
            }

            if (now.Kept == row.Kept)
            {
                await TellAsync(row, kind, detail, ct);
                return;
            }

            row = now;
        }
    }

    // An empty detail: all is well.
    private async Task<(FindingKind Kind, string Detail)> JudgeAsync(BlobRow row, CancellationToken ct)
    {
        if (row.Location.IsLost)
        {
            return (FindingKind.Lost, "marked as lost by an earlier check; a push heals it");
        }

        var size = store.SizeOf(row.Location);
        if (size != row.SizeBytes)
        {
            return size is null ? (FindingKind.Missing, "its bytes are not there") : (FindingKind.WrongSize, $"{size} bytes are there");
        }

        try
        {
            return !run.Options.Deep ? (default, "") : await reading.HoldsAsync(row.Location, row.Digest, ct) switch
            {
                true => (default, ""),
                false => (FindingKind.Corrupt, "its bytes have another digest"),
                null => (FindingKind.Missing, "its bytes are not there"),
            };
        }
        catch (IOException e)
        {
            return (FindingKind.Unreadable, $"its bytes cannot be read: {e.Message}");
        }
    }

    private async Task TellAsync(BlobRow row, FindingKind kind, string detail, CancellationToken ct)
    {
        var repositories = await rows.RepositoriesAsync(row.Id, ct);
        if (!run.Options.Repair)
        {
            await run.TellAsync(Of(row, kind, FindingOutcome.Remains, repositories, detail));
        }
        else if (await repair.RepairAsync(row, kind, ct) is { } outcome)
        {
            await run.TellAsync(Of(row, kind, outcome, repositories, detail));
        }
    }

    private static Finding Of(BlobRow row, FindingKind kind, FindingOutcome outcome, List<string> repositories, string detail) =>
        new(kind, outcome, row.Digest.Value, row.Location.Key, row.SizeBytes, repositories, detail);
}
