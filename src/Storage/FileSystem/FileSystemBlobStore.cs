using System.Buffers;
using Harbor.Oci;

namespace Harbor.Storage.FileSystem;

/// <summary>Blobs as files below one directory. Stages and blobs share its file system, so publishing is a rename.</summary>
public sealed class FileSystemBlobStore : IBlobStore
{
    private const int CopyBytes = 1 << 20;

    private readonly string root;
    private readonly PosixFiles files;

    /// <param name="root">Absolute path; made when absent.</param>
    public FileSystemBlobStore(string root, PosixFiles files)
    {
        this.root = root;
        this.files = files;

        MakeShards(FileSystemLayout.Uploads);
        MakeShards(FileSystemLayout.BlobsOf(DigestAlgorithm.Sha256));
        MakeShards(FileSystemLayout.BlobsOf(DigestAlgorithm.Sha512));
    }

    public (long Total, long Free)? Space => new DriveInfo(root) is var drive ? (drive.TotalSize, drive.AvailableFreeSpace) : null;

    public Location StageOf(Guid upload, Guid claim) => new(FileSystemLayout.Stage(upload, claim));

    public Location BlobOf(Digest digest, Guid claim) => new(FileSystemLayout.Blob(digest, claim));

    public Location CanonicalOf(Digest digest) => new(FileSystemLayout.Canonical(digest));

    public Task<IBlobUpload?> ResumeAsync(Location stage, long length, CancellationToken ct)
    {
        var path = PathOf(stage);
        var present = SizeOf(stage);
        if (length > 0 && (present is null || present < length))
        {
            return Task.FromResult<IBlobUpload?>(null);
        }

        var file = files.OpenForWriting(path);
        try
        {
            if (present > length)
            {
                files.Truncate(file, path, length);
            }

            return Task.FromResult<IBlobUpload?>(new FileSystemUpload(files, file, path, length));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public Task<bool> PublishAsync(Location stage, Location blob, bool synced) =>
        Task.Run(() => Publish(PathOf(stage), PathOf(blob), synced));

    public BlobSource? Open(Location location)
    {
        try
        {
            return new FileSystemBlobSource(File.OpenHandle(PathOf(location), options: FileOptions.SequentialScan));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public long? SizeOf(Location location) =>
        new FileInfo(PathOf(location)) is { Exists: true } file ? file.Length : null;

    public Task EraseAsync(Location location, CancellationToken ct)
    {
        try
        {
            files.Delete(PathOf(location));
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was ever written there.
        }

        // Directories stay: a publish may be about to use one.
        return Task.CompletedTask;
    }

    public async Task<bool> DuplicateAsync(Location from, Location to, CancellationToken ct)
    {
        var (source, target) = (PathOf(from), PathOf(to));
        if (!File.Exists(source))
        {
            return false;
        }

        var directory = Path.GetDirectoryName(target)!;
        files.MakeDirectory(directory);
        switch (files.Link(source, target))
        {
            case LinkResult.Made:
                files.SyncDirectory(directory);
                files.SyncDirectory(Path.GetDirectoryName(directory)!);
                return true;
            case LinkResult.Absent:
                return false;
            default:
                return await CopyAsync(from, to, ct);
        }
    }

    public IAsyncEnumerable<StoredBytes> ListAsync(CancellationToken ct) => FileSystemListing.OfAll(root, ct);

    public IAsyncEnumerable<StoredBytes> ListAsync(Digest digest, CancellationToken ct) => FileSystemListing.Of(root, digest, ct);

    // For file systems on which a file has one name only.
    private async Task<bool> CopyAsync(Location from, Location to, CancellationToken ct)
    {
        var stage = StageOf(Guid.CreateVersion7(), Guid.CreateVersion7());
        try
        {
            using (var source = Open(from))
            await using (var copy = await ResumeAsync(stage, 0, ct))
            {
                if (source is null)
                {
                    return false;
                }

                var buffer = new byte[CopyBytes];
                int count;
                while ((count = await source.ReadAsync(buffer, copy!.Length, ct)) > 0)
                {
                    await copy.AppendAsync(new ReadOnlySequence<byte>(buffer, 0, count), ct);
                }

                await copy.SyncAsync();
            }

            return await PublishAsync(stage, to, synced: true);
        }
        finally
        {
            await EraseAsync(stage, CancellationToken.None);
        }
    }

    private bool Publish(string stage, string blob, bool synced)
    {
        if (!File.Exists(stage))
        {
            return false;
        }

        if (!synced)
        {
            // Bytes reach the disk before the name does: a crash leaves an orphan stage, never a short blob.
            using var file = files.OpenForWriting(stage);
            files.Sync(file, stage);
        }

        // The directory of the digest gains the file's name and its shard gains the directory's. The shard is synced even when the
        // directory was there: another publish may have made it a moment ago and not have synced it yet.
        var directory = Path.GetDirectoryName(blob)!;
        files.MakeDirectory(directory);
        files.Rename(stage, blob);
        files.SyncDirectory(directory);
        files.SyncDirectory(Path.GetDirectoryName(directory)!);
        return true;
    }

    // Shards are made and synced once, so that a publish has one directory to make at most.
    private void MakeShards(string parent)
    {
        var path = Path.Combine(root, parent);
        Directory.CreateDirectory(path);
        for (var shard = 0; shard < 256; shard++)
        {
            files.MakeDirectory(Path.Combine(path, shard.ToString("x2", null)));
        }

        for (var directory = path; directory.Length > root.Length; directory = Path.GetDirectoryName(directory)!)
        {
            files.SyncDirectory(directory);
        }

        // The root is a new name in its parent, too, when this is the first start.
        files.SyncDirectory(root);
        files.SyncDirectory(Path.GetDirectoryName(root)!);
    }

    private string PathOf(Location location) => Path.Combine(root, location.Key);
}
