using Harbor.Oci;
using Harbor.Storage;

namespace Harbor.Modules.Fsck;

/// <summary>A row of <c>blob</c> as it was read.</summary>
/// <param name="Kept">Its location as it is kept: null stands for the canonical one.</param>
/// <param name="Location">Where its bytes should be.</param>
internal sealed record BlobRow(long Id, Digest Digest, long SizeBytes, string? Kept, Location Location);
