using Harbor.Oci;

namespace Harbor.Storage;

/// <summary>What lies in the store, as a listing finds it.</summary>
/// <param name="Location">Where it lies.</param>
/// <param name="Digest">The digest whose bytes have their place there; null for an upload's stage, and for what is nothing of ours.</param>
/// <param name="SizeBytes">Length in bytes.</param>
/// <param name="WrittenAt">When bytes were last written to it.</param>
public readonly record struct StoredBytes(Location Location, Digest? Digest, long SizeBytes, DateTimeOffset WrittenAt);
