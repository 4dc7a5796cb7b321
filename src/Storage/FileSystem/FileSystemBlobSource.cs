using Microsoft.Win32.SafeHandles;

namespace Harbor.Storage.FileSystem;

internal sealed class FileSystemBlobSource(SafeFileHandle file) : BlobSource
{
    public override long Length { get; } = RandomAccess.GetLength(file);

    // Synchronous on purpose: hot blobs are in the page cache, where going through the thread pool costs more than the read.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken ct) =>
        ValueTask.FromResult(RandomAccess.Read(file, buffer.Span, offset));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }
    }
}
