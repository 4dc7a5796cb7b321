using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Harbor.Storage.FileSystem;

internal sealed class FileSystemUpload(PosixFiles files, SafeFileHandle file, string path, long length) : IBlobUpload
{
    // Written back while the upload runs, so that the sync at its end does not wait for all of it.
    private const long WriteBackBytes = 8 << 20;

    private readonly List<ReadOnlyMemory<byte>> buffers = [];
    private long writingBackFrom = length;

    public long Length { get; private set; } = length;

    public ValueTask AppendAsync(ReadOnlySequence<byte> bytes, CancellationToken ct)
    {
        buffers.Clear();
        foreach (var segment in bytes)
        {
            buffers.Add(segment);
        }

        files.Write(file, path, buffers, Length);
        Length += bytes.Length;
        if (Length - writingBackFrom >= WriteBackBytes)
        {
            files.BeginWriteBack(file, writingBackFrom, Length - writingBackFrom);
            writingBackFrom = Length;
        }

        return ValueTask.CompletedTask;
    }

    public Task SyncAsync() => Task.Run(() => files.Sync(file, path));

    public ValueTask DisposeAsync()
    {
        file.Dispose();
        return ValueTask.CompletedTask;
    }
}
