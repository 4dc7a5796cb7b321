using System.Buffers;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Storage;

namespace Harbor.Modules.Artifacts;

/// <summary>Whether the storage takes bytes, keeps them and gives them back.</summary>
internal sealed class RegistryHealth(IBlobStore store) : IComponentHealth
{
    private static readonly byte[] Sample = [.. "Harbor asks whether this can be kept."u8];

    public string Name => "registry";

    public async Task<string?> CheckAsync(CancellationToken ct)
    {
        var stage = store.StageOf(Guid.CreateVersion7(), Guid.CreateVersion7());
        try
        {
            await using (var upload = await store.ResumeAsync(stage, 0, ct))
            {
                await upload!.AppendAsync(new ReadOnlySequence<byte>(Sample), ct);
                await upload.SyncAsync();
            }

            using var source = store.Open(stage);
            var read = new byte[Sample.Length];
            return source is not null && await source.ReadAsync(read, 0, ct) == read.Length && read.AsSpan().SequenceEqual(Sample)
                ? null
                : "the storage does not give back what it was given";
        }
        finally
        {
            await store.EraseAsync(stage, CancellationToken.None);
        }
    }
}

/// <summary>Whether the storage is this database's own: nothing is erased while it is not.</summary>
internal sealed class RegistryControllerHealth(InstanceMarker marker) : IComponentHealth
{
    public string Name => "registryctl";

    public async Task<string?> CheckAsync(CancellationToken ct) =>
        await marker.MatchesAsync(ct) ? null : "the storage carries another installation's mark, so nothing is erased";
}

/// <summary>Whether the work behind the requests goes on.</summary>
internal sealed class JobServiceHealth(ContentUpkeep upkeep) : IComponentHealth
{
    public string Name => "jobservice";

    public Task<string?> CheckAsync(CancellationToken ct) => Task.FromResult(upkeep.IsAlive ? null : "the background work has stopped");
}
