using System.Buffers;
using Harbor.Oci;
using Harbor.Storage;

namespace Harbor.Modules.Fsck;

/// <summary>Hashes bytes in the store, a piece at a time.</summary>
internal sealed class BlobReading(IBlobStore store, FsckTally tally)
{
    private const int ReadBytes = 1 << 20;

    /// <summary>Digest of what lies at a location; null when nothing does.</summary>
    /// <exception cref="IOException">The store could not give the bytes.</exception>
    public async Task<Digest?> DigestAsync(Location location, DigestAlgorithm algorithm, CancellationToken ct)
    {
        using var source = store.Open(location);
        if (source is null)
        {
            return null;
        }

        using var hash = algorithm.NewHash();
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            var offset = 0L;
            int count;
            while ((count = await source.ReadAsync(buffer.AsMemory(0, ReadBytes), offset, ct)) > 0)
            {
                ct.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, count);
                offset += count;
                tally.BytesRead += count;
            }

            return Digest.FromHash(algorithm, hash.GetCurrentHash());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Whether a location holds these very bytes. A difference is read a second time before it is believed.</summary>
    /// <returns>Null when nothing lies there.</returns>
    /// <exception cref="IOException">The store could not give the bytes.</exception>
    public async Task<bool?> HoldsAsync(Location location, Digest digest, CancellationToken ct)
    {
        var found = await DigestAsync(location, digest.Algorithm, ct);
        return found is null || found == digest
            ? found is null ? null : true
            : await DigestAsync(location, digest.Algorithm, ct) is { } again ? again == digest : null;
    }
}
