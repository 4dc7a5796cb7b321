using Harbor.Oci;

namespace Harbor.Storage;

/// <summary>Bytes by location.</summary>
/// <remarks>
/// The life of a blob's bytes: an upload writes them to a stage, which nobody reads; publishing gives them their final location;
/// they are read; when no row owns them any more they are erased. Which bytes belong to which digest is for the database to say.
/// </remarks>
public interface IBlobStore
{
    /// <summary>A location for the bytes of an upload, written by one claim.</summary>
    Location StageOf(Guid upload, Guid claim);

    /// <summary>The final location of bytes published by one claim.</summary>
    Location BlobOf(Digest digest, Guid claim);

    /// <summary>The place where CNCF distribution keeps a blob: content of an adopted registry.</summary>
    Location CanonicalOf(Digest digest);

    /// <summary>Opens a stage for appending after its first <paramref name="length"/> bytes; anything beyond them is cut off.</summary>
    /// <returns>Null when the stage is absent or shorter. A stage of length 0 is made when absent.</returns>
    Task<IBlobUpload?> ResumeAsync(Location stage, long length, CancellationToken ct);

    /// <summary>Gives the staged bytes their final location, durably: bytes, name and every directory made on the way.</summary>
    /// <param name="synced">Whether the bytes are known to be durable already.</param>
    /// <returns>False when the stage is absent. Nothing is published then.</returns>
    /// <remarks>Not cancelled half-way. A sync that fails is never repeated: the kernel has dropped the bytes it could not write.</remarks>
    Task<bool> PublishAsync(Location stage, Location blob, bool synced);

    /// <summary>Opens bytes for reading; null when absent.</summary>
    BlobSource? Open(Location location);

    /// <summary>Size in bytes of what lies at a location; null when absent.</summary>
    long? SizeOf(Location location);

    /// <summary>Removes bytes. What is absent counts as erased.</summary>
    Task EraseAsync(Location location, CancellationToken ct);

    /// <summary>Gives published bytes a second location, as durably as publishing does; the first one stays.</summary>
    /// <returns>False when there are no bytes at <paramref name="from"/>. Nothing is made then.</returns>
    /// <remarks>So bytes can be kept although their first location is going to be erased, and no location is ever used twice.</remarks>
    Task<bool> DuplicateAsync(Location from, Location to, CancellationToken ct);

    /// <summary>Everything in the store, in no order. What comes or goes meanwhile may be in it or not; what stays is.</summary>
    /// <remarks>It is read while it is asked for, so a store of any size takes little memory.</remarks>
    IAsyncEnumerable<StoredBytes> ListAsync(CancellationToken ct);

    /// <summary>Everything that lies where bytes of one digest have their place, the canonical one included.</summary>
    IAsyncEnumerable<StoredBytes> ListAsync(Digest digest, CancellationToken ct);

    /// <summary>Bytes that there is room for, and how many of them are free; null for a store without bounds.</summary>
    (long Total, long Free)? Space => null;
}
