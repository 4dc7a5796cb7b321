using Harbor.Platform.Data;
using Harbor.Platform.Settings;
using Harbor.Storage;
using Npgsql;

namespace Harbor.Modules.Fsck;

/// <summary>Compares the database with the store, both ways, while servers serve; and mends what may be mended.</summary>
public sealed class ConsistencyCheck(Database db, IBlobStore store, InstanceMarker marker, HarborOptions settings, DatabaseAddress address, TimeProvider clock)
{
    internal const long LockKey = 0x6861726673636b;   // "harfsck"

    /// <summary>Runs to the end.</summary>
    /// <param name="tally">Counts while it runs.</param>
    /// <param name="report">Takes each finding as it is made.</param>
    /// <exception cref="FsckException">It was to change something and must not: the storage is another's, or another check is changing it.</exception>
    public async Task RunAsync(FsckOptions options, FsckTally tally, Func<Finding, Task> report, CancellationToken ct)
    {
        var run = new FsckRun(options, tally, report);
        await using var held = options.Changes ? await HoldAsync(ct) : null;
        if (!await marker.MatchesAsync(ct))
        {
            await RefuseForeignAsync(run);
        }

        var rows = new BlobRows(db, store);
        var reading = new BlobReading(store, tally);
        await new BlobCheck(run, rows, store, reading, new BlobRepair(rows, store, reading)).RunAsync(ct);
        await new ManifestCheck(run, db).RunAsync(ct);
        await new StoreCheck(run, db, store, settings, clock).RunAsync(ct);
        tally.Phase = "end";
    }

    private async Task RefuseForeignAsync(FsckRun run)
    {
        var detail = $"{settings.StorageDirectory} is not marked as this database's: it belongs to another, or is not mounted";
        if (run.Options.Changes)
        {
            throw new FsckException($"{detail}. Nothing is changed. See docs/storage-layout.md about {InstanceMarker.FileName}.");
        }

        await run.TellAsync(new Finding(FindingKind.ForeignStorage, FindingOutcome.Remains, null, InstanceMarker.FileName, null, [], detail));
    }

    // One at a time: what one has found and not yet given to a blob must be no orphan to the other. A session of its own, since a
    // proxy that shares sessions would share the lock.
    private async Task<NpgsqlConnection> HoldAsync(CancellationToken ct)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(address.Listener.Reveal()) { Pooling = false, ApplicationName = "harbor-fsck" }.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            await using var command = new NpgsqlCommand($"SELECT pg_try_advisory_lock({LockKey})", connection);
            return await command.ExecuteScalarAsync(ct) is true
                ? connection
                : throw new FsckException("Another fsck is changing this registry. Wait until it has ended.");
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
