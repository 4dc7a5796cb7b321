using System.Runtime.CompilerServices;
using Harbor.Oci;

namespace Harbor.Storage.FileSystem;

/// <summary>Walks the tree on disk a directory at a time, so that what is held in memory is the names in one shard at most.</summary>
internal static class FileSystemListing
{
    private static readonly EnumerationOptions Below = new() { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false };

    public static async IAsyncEnumerable<StoredBytes> OfAll(string root, [EnumeratorCancellation] CancellationToken ct)
    {
        string[] tops =
        [
            FileSystemLayout.Uploads, FileSystemLayout.BlobsOf(DigestAlgorithm.Sha256), FileSystemLayout.BlobsOf(DigestAlgorithm.Sha512),
        ];
        foreach (var top in tops.Select(top => Path.Combine(root, top)))
        {
            await Task.CompletedTask;
            foreach (var file in Files(top).Concat(Directories(top).SelectMany(FilesOfShard)))
            {
                ct.ThrowIfCancellationRequested();
                if (Read(root, file) is { } found)
                {
                    yield return found;
                }
            }
        }
    }

    public static async IAsyncEnumerable<StoredBytes> Of(string root, Digest digest, [EnumeratorCancellation] CancellationToken ct)
    {
        await Task.CompletedTask;
        foreach (var file in Files(Path.Combine(root, FileSystemLayout.BlobDirectory(digest))))
        {
            ct.ThrowIfCancellationRequested();
            if (Read(root, file) is { } found)
            {
                yield return found;
            }
        }
    }

    // Blobs lie one directory below the shard. What somebody put deeper is found, too.
    private static IEnumerable<string> FilesOfShard(string shard) =>
        Files(shard).Concat(Directories(shard).SelectMany(directory => Directory.EnumerateFiles(directory, "*", Below)));

    private static IEnumerable<string> Files(string directory) => Directory.Exists(directory) ? Directory.EnumerateFiles(directory) : [];

    private static IEnumerable<string> Directories(string directory) => Directory.Exists(directory) ? Directory.EnumerateDirectories(directory) : [];

    private static StoredBytes? Read(string root, string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return null;   // went meanwhile
        }

        return new StoredBytes(
            new Location(Path.GetRelativePath(root, path)), DigestOf(Path.GetDirectoryName(path)!), file.Length, new DateTimeOffset(file.LastWriteTimeUtc));
    }

    // blobs/<algorithm>/<shard>/<hex>
    private static Digest? DigestOf(string directory)
    {
        var algorithm = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(directory)));
        return Digest.TryParse($"{algorithm}:{Path.GetFileName(directory)}", out var digest) ? digest : null;
    }
}
