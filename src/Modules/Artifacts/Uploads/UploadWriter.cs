using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Harbor.Oci;
using Harbor.Storage;

namespace Harbor.Modules.Artifacts.Uploads;

/// <summary>Appends a request's body to a stage while hashing it: hashing and writing of a piece run side by side, and the next piece
/// is received meanwhile.</summary>
internal sealed class UploadWriter(IBlobUpload stage, IncrementalHash hash, DigestAlgorithm algorithm) : IAsyncDisposable
{
    // Below this, handing the hash to another thread costs more than it saves.
    private const int ParallelBytes = 128 << 10;
    private const int CopyBytes = 1 << 20;

    private bool hashKept;

    /// <summary>Bytes in the stage, those of earlier chunks included.</summary>
    public long Length => stage.Length;

    /// <summary>Digest of every byte in the stage.</summary>
    public Digest Digest => Digest.FromHash(algorithm, hash.GetCurrentHash());

    /// <summary>Writes until the body ends.</summary>
    /// <exception cref="StoreFailedException">The store could not take the bytes.</exception>
    public async Task WriteAsync(PipeReader body, CancellationToken ct)
    {
        while (true)
        {
            var read = await body.ReadAsync(ct);
            if (!read.Buffer.IsEmpty)
            {
                try
                {
                    await AppendAsync(read.Buffer, ct);
                }
                finally
                {
                    body.AdvanceTo(read.Buffer.End);
                }
            }
            else
            {
                body.AdvanceTo(read.Buffer.End);
            }

            if (read.IsCompleted)
            {
                return;
            }

            if (read.IsCanceled)
            {
                throw new OperationCanceledException(ct);
            }
        }
    }

    /// <summary>Takes over the first <paramref name="length"/> bytes of an earlier stage.</summary>
    public Task CopyAsync(BlobSource source, long length, CancellationToken ct) =>
        ReadAsync(source, length, bytes => AppendAsync(new ReadOnlySequence<byte>(bytes), ct), ct);

    /// <summary>Lets the hash see bytes that are in the stage already.</summary>
    public Task HashAsync(BlobSource source, long length, CancellationToken ct) =>
        ReadAsync(source, length, bytes =>
        {
            hash.AppendData(bytes.Span);
            return Task.CompletedTask;
        }, ct);

    /// <exception cref="StoreFailedException">The bytes may never become durable.</exception>
    public async Task SyncAsync()
    {
        try
        {
            await stage.SyncAsync();
        }
        catch (IOException e)
        {
            throw new StoreFailedException(e);
        }
    }

    /// <summary>Hands the running hash on; it is no longer this writer's to dispose.</summary>
    public IncrementalHash KeepHash()
    {
        hashKept = true;
        return hash;
    }

    public async ValueTask DisposeAsync()
    {
        if (!hashKept)
        {
            hash.Dispose();
        }

        await stage.DisposeAsync();
    }

    private async Task AppendAsync(ReadOnlySequence<byte> bytes, CancellationToken ct)
    {
        if (bytes.Length < ParallelBytes)
        {
            Hash(bytes);
            await StoreAsync(bytes, ct);
            return;
        }

        var hashing = Task.Run(() => Hash(bytes), CancellationToken.None);
        try
        {
            await StoreAsync(bytes, ct);
        }
        finally
        {
            await hashing;   // the bytes go back to the pipe after this
        }
    }

    private async ValueTask StoreAsync(ReadOnlySequence<byte> bytes, CancellationToken ct)
    {
        try
        {
            await stage.AppendAsync(bytes, ct);
        }
        catch (IOException e)
        {
            throw new StoreFailedException(e);
        }
    }

    // Shorter than what was accepted is no error here: the digest will tell.
    private static async Task ReadAsync(BlobSource source, long length, Func<ReadOnlyMemory<byte>, Task> take, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            var offset = 0L;
            int count;
            while (offset < length && (count = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(CopyBytes, length - offset)), offset, ct)) > 0)
            {
                await take(buffer.AsMemory(0, count));
                offset += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Hash(ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
        {
            hash.AppendData(segment.Span);
        }
    }
}
