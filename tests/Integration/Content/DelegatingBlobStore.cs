using Harbor.Oci;
using Harbor.Storage;

namespace Harbor.Integration.Content;

/// <summary>Does what another store does; a test's store differs in a detail.</summary>
internal class DelegatingBlobStore(IBlobStore inner) : IBlobStore
{
    public virtual Location StageOf(Guid upload, Guid claim) => inner.StageOf(upload, claim);

    public virtual Location BlobOf(Digest digest, Guid claim) => inner.BlobOf(digest, claim);

    public virtual Location CanonicalOf(Digest digest) => inner.CanonicalOf(digest);

    public virtual Task<IBlobUpload?> ResumeAsync(Location stage, long length, CancellationToken ct) => inner.ResumeAsync(stage, length, ct);

    public virtual Task<bool> PublishAsync(Location stage, Location blob, bool synced) => inner.PublishAsync(stage, blob, synced);

    public virtual BlobSource? Open(Location location) => inner.Open(location);

    public virtual long? SizeOf(Location location) => inner.SizeOf(location);

    public virtual Task EraseAsync(Location location, CancellationToken ct) => inner.EraseAsync(location, ct);

    public virtual Task<bool> DuplicateAsync(Location from, Location to, CancellationToken ct) => inner.DuplicateAsync(from, to, ct);

    public virtual IAsyncEnumerable<StoredBytes> ListAsync(CancellationToken ct) => inner.ListAsync(ct);

    public virtual IAsyncEnumerable<StoredBytes> ListAsync(Digest digest, CancellationToken ct) => inner.ListAsync(digest, ct);
}
