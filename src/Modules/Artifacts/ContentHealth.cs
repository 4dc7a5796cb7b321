using System.Buffers;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Storage;

namespace Harbor.Modules.Artifacts;

/// <summary>Whether the storage takes bytes, keeps them and gives them back.</summary>
/// <remarks>The bytes it asks with are listed for erasing before they are written: a server that dies in between leaves none for good.</remarks>
internal sealed class RegistryHealth(Database db, IBlobStore store, PausePoints pauses) : IComponentHealth
{
    private static readonly byte[] Sample = [.. "Harbor asks whether this can be kept."u8];

    // Longer than a stalled storage may hold a write up.
    private static readonly TimeSpan EraseAfter = TimeSpan.FromDays(1);

    public string Name => "registry";

    public async Task<string?> CheckAsync(CancellationToken ct)
    {
        var stage = store.StageOf(Guid.CreateVersion7(), Guid.CreateVersion7());
        await using (var list = db.Command("INSERT INTO erasure (location, size, erase_after) VALUES ($1, $2, harbor_now() + $3)")
            .With(stage.Key, (long)Sample.Length, EraseAfter))
        {
            await list.ExecuteNonQueryAsync(ct);
        }

        try
        {
            return await IsKeptAsync(stage, ct) ? null : "the storage does not give back what it was given";
        }
        finally
        {
            await store.EraseAsync(stage, CancellationToken.None);
            await using var strike = db.Command("DELETE FROM erasure WHERE location = $1").With(stage.Key);
            await strike.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private async Task<bool> IsKeptAsync(Location stage, CancellationToken ct)
    {
        await using (var upload = await store.ResumeAsync(stage, 0, ct))
        {
            await upload!.AppendAsync(new ReadOnlySequence<byte>(Sample), ct);
            await upload.SyncAsync();
        }

        await pauses.ReachAsync("health.written", ct);
        using var source = store.Open(stage);
        var read = new byte[Sample.Length];
        return source is not null && await source.ReadAsync(read, 0, ct) == read.Length && read.AsSpan().SequenceEqual(Sample);
    }
}

/// <summary>Whether the storage is this database's own, so that something may be erased, and whether the erasing goes on.</summary>
internal sealed class RegistryControllerHealth(InstanceMarker marker, ContentUpkeep upkeep) : IComponentHealth
{
    public string Name => "registryctl";

    public async Task<string?> CheckAsync(CancellationToken ct) =>
        !await marker.MatchesAsync(ct) ? "the storage carries another installation's mark, so nothing is erased"
        : upkeep.IsAlive ? null
        : "what is to be erased is not looked for any more";
}
