namespace Harbor.Storage;

/// <summary>Published bytes open for reading; they stay readable until disposed, even when erased meanwhile.</summary>
public abstract class BlobSource : IDisposable
{
    /// <summary>Length in bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Reads up to the length of <paramref name="buffer"/> from <paramref name="offset"/>.</summary>
    /// <returns>Bytes read; 0 at the end.</returns>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken ct);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
