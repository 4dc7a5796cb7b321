using Harbor.Storage;

namespace Harbor.Modules.Artifacts.Blobs;

internal static class BlobBytes
{
    /// <summary>The whole blob, for one whose length the caller has looked at.</summary>
    public static async Task<byte[]> ReadAllAsync(this BlobSource source, CancellationToken ct)
    {
        var bytes = new byte[source.Length];
        var offset = 0;
        int count;
        while (offset < bytes.Length && (count = await source.ReadAsync(bytes.AsMemory(offset), offset, ct)) > 0)
        {
            offset += count;
        }

        return offset == bytes.Length ? bytes : bytes[..offset];
    }
}
