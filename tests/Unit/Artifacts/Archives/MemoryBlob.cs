using Harbor.Storage;

namespace Harbor.Unit.Artifacts.Archives;

/// <summary>A blob of known bytes that counts how many of them are read.</summary>
internal sealed class MemoryBlob(byte[] content) : BlobSource
{
    public long BytesRead { get; private set; }

    public override long Length => content.Length;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken ct)
    {
        var count = (int)Math.Min(buffer.Length, content.Length - offset);
        content.AsSpan((int)offset, count).CopyTo(buffer.Span);
        BytesRead += count;
        return ValueTask.FromResult(count);
    }

    protected override void Dispose(bool disposing)
    {
    }
}
