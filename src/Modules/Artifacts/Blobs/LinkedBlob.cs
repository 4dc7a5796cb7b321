using Harbor.Oci;
using Harbor.Storage;

namespace Harbor.Modules.Artifacts.Blobs;

/// <summary>A blob as one repository may serve it.</summary>
/// <param name="Id">Row of the blob.</param>
/// <param name="Digest">Its digest.</param>
/// <param name="SizeBytes">Length in bytes.</param>
/// <param name="Location">Where the bytes lie.</param>
/// <param name="InUse">Whether a visible artifact of the repository names it.</param>
public sealed record LinkedBlob(long Id, Digest Digest, long SizeBytes, Location Location, bool InUse);
