namespace Harbor.Oci;

/// <summary>What a manifest says of content that it names. Source: OCI image-spec 1.1, "Descriptor".</summary>
/// <param name="MediaType">Type of the content.</param>
/// <param name="Digest">Its digest.</param>
/// <param name="SizeBytes">Its length in bytes, by the manifest's word.</param>
/// <param name="ArtifactType">Type of the artifact a manifest in an index stands for; null when it does not say.</param>
/// <param name="Urls">Places outside the registry to have it from; a layer with urls need not be here.</param>
/// <param name="Annotations">Null when absent.</param>
/// <param name="Platform">The platform object of a manifest in an index, as JSON text; null when absent.</param>
public sealed record Descriptor(
    string MediaType,
    Digest Digest,
    long SizeBytes,
    string? ArtifactType,
    IReadOnlyList<string> Urls,
    IReadOnlyDictionary<string, string>? Annotations,
    string? Platform);
