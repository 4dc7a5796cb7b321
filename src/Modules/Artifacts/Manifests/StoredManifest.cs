using Harbor.Oci;

namespace Harbor.Modules.Artifacts.Manifests;

/// <summary>A visible artifact's manifest as it goes over the wire.</summary>
/// <param name="ArtifactId">Row of the artifact.</param>
/// <param name="RepositoryId">Row of its repository.</param>
/// <param name="Digest">Its digest.</param>
/// <param name="MediaType">Media type it was pushed with.</param>
/// <param name="Content">The bytes as pushed.</param>
public sealed record StoredManifest(long ArtifactId, long RepositoryId, Digest Digest, string MediaType, ReadOnlyMemory<byte> Content);

/// <param name="Digest">Digest of the pushed bytes.</param>
/// <param name="Subject">The manifest it belongs to, whether or not that exists; null when it belongs to none.</param>
public sealed record PushedManifest(Digest Digest, Digest? Subject);

/// <summary>An entry of a referrers list.</summary>
/// <param name="AnnotationsJson">JSON object; null when there are none.</param>
public sealed record Referrer(string MediaType, Digest Digest, long SizeBytes, string? ArtifactType, string? AnnotationsJson);
