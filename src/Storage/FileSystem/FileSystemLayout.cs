using Harbor.Oci;

namespace Harbor.Storage.FileSystem;

/// <summary>The tree on disk. <c>docs/storage-layout.md</c> draws it; change the two together.</summary>
/// <remarks>
/// <code>
/// docker/registry/v2/blobs/sha256/ab/abcdef…/7b1f…    a blob: one file per claim that published it
/// docker/registry/v2/blobs/sha256/ab/abcdef…/data     a blob adopted from CNCF distribution
/// uploads/3f/0192…3f.7b1f…                            an upload's stage: upload id, claim id; sharded by the id's last two digits
/// </code>
/// Blobs lie where CNCF distribution lays them, so that its tree can be taken over in place.
/// </remarks>
internal static class FileSystemLayout
{
    public const string Uploads = "uploads";

    public static string Stage(Guid upload, Guid claim)
    {
        var id = upload.ToString("N");
        return $"{Uploads}/{id[^2..]}/{id}.{claim:N}";
    }

    public static string Blob(Digest digest, Guid claim) => $"{BlobDirectory(digest)}/{claim:N}";

    public static string Canonical(Digest digest) => $"{BlobDirectory(digest)}/data";

    /// <summary>Where the blobs of one algorithm are, sharded by the first two digits of the hash.</summary>
    public static string BlobsOf(DigestAlgorithm algorithm) => $"docker/registry/v2/blobs/{algorithm.WireName()}";

    /// <summary>Where every copy of one digest's bytes is.</summary>
    public static string BlobDirectory(Digest digest)
    {
        var hex = digest.Hex;
        return $"{BlobsOf(digest.Algorithm)}/{hex[..2]}/{hex}";
    }
}
