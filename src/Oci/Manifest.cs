namespace Harbor.Oci;

/// <summary>A manifest or index as far as a registry must understand it. The bytes themselves are kept verbatim.</summary>
/// <param name="MediaType">Its own media type: one of four, see <see cref="MediaTypes"/>.</param>
/// <param name="ArtifactType">Its <c>artifactType</c>; null when absent.</param>
/// <param name="Config">Null in an index.</param>
/// <param name="Layers">Empty in an index.</param>
/// <param name="Manifests">Empty in a manifest.</param>
/// <param name="Subject">The manifest it belongs to, which need not exist; null when absent.</param>
/// <param name="Annotations">Null when absent.</param>
public sealed record Manifest(
    string MediaType,
    string? ArtifactType,
    Descriptor? Config,
    IReadOnlyList<Descriptor> Layers,
    IReadOnlyList<Descriptor> Manifests,
    Descriptor? Subject,
    IReadOnlyDictionary<string, string>? Annotations)
{
    /// <summary>Largest manifest accepted, in bytes. Source: OCI distribution-spec 1.1, "Pushing manifests".</summary>
    public const int MaxBytes = 4 << 20;

    public bool IsIndex => MediaTypes.IsIndex(MediaType);
}
