using System.Buffers;

namespace Harbor.Storage;

/// <summary>A stage open for appending. One writer at a time.</summary>
public interface IBlobUpload : IAsyncDisposable
{
    /// <summary>Bytes in the stage, those of earlier chunks included.</summary>
    long Length { get; }

    /// <summary>Appends. The sequence must stay untouched until the task ends.</summary>
    /// <exception cref="IOException">The store could not take the bytes; how many it took is unknown.</exception>
    ValueTask AppendAsync(ReadOnlySequence<byte> bytes, CancellationToken ct);

    /// <summary>Makes every byte durable. After a failure the stage must be abandoned.</summary>
    Task SyncAsync();
}
