using Harbor.Storage;

namespace Harbor.Modules.Artifacts.Archives;

/// <summary>A blob's bytes from the first to the last. Owns the blob.</summary>
internal sealed class BlobStream(BlobSource source) : ForwardStream
{
    private long position;

    /// <summary>How many bytes were read.</summary>
    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await source.ReadAsync(buffer, position, cancellationToken);
        position += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
