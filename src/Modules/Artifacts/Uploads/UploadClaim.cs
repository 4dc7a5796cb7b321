using Harbor.Oci;
using Harbor.Storage;

namespace Harbor.Modules.Artifacts.Uploads;

/// <summary>The right to write to one upload, held by one request for as long as it keeps renewing it.</summary>
/// <param name="UploadId">The upload.</param>
/// <param name="RepositoryId">The repository it belongs to.</param>
/// <param name="Id">Names the claim, and with it every location the claim writes.</param>
/// <param name="Accepted">Bytes accepted before this claim.</param>
/// <param name="Algorithm">What the accepted bytes were hashed with.</param>
/// <param name="DigestSoFar">Their digest; null while there are none.</param>
/// <param name="Source">Where they lie; null while there are none.</param>
/// <param name="Stage">Where this claim writes: the source itself when its writer released it, else a place of its own.</param>
/// <param name="Target">Where this claim intends to publish; null when it only appends.</param>
internal sealed record UploadClaim(
    Guid UploadId, long RepositoryId, Guid Id, long Accepted, DigestAlgorithm Algorithm, Digest? DigestSoFar, Location? Source, Location Stage, Location? Target);
