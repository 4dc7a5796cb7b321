using Harbor.Oci;

namespace Harbor.Modules.Artifacts.Manifests;

/// <summary>An artifact that belongs to another: what kind, and to which.</summary>
internal sealed record AccessoryKind(string Type, Digest Subject)
{
    private const string Cosign = "signature.cosign";

    /// <summary>How a pushed manifest belongs to another; null when it does not. A subject outranks the cosign tag scheme.</summary>
    public static AccessoryKind? Of(Manifest manifest, string reference) =>
        manifest.Subject is { } subject ? new AccessoryKind(TypeBySubject(manifest), subject.Digest)
        : CosignSubject(manifest, reference) is { } signed ? new AccessoryKind(Cosign, signed)
        : null;

    private static string TypeBySubject(Manifest manifest) => (manifest.ArtifactType ?? manifest.Config?.MediaType) switch
    {
        MediaTypes.OciConfig or MediaTypes.DockerConfig
            when manifest.Layers is [.., var last] && last.Annotations?.ContainsKey("containerd.io/snapshot/nydus-bootstrap") == true => "accelerator.nydus",
        "application/vnd.cncf.notary.signature" => "signature.notation",
        "application/vnd.dev.cosign.artifact.sig.v1+json" or "application/vnd.dev.sigstore.bundle.v0.3+json" => Cosign,
        "application/vnd.goharbor.harbor.sbom.v1" => "sbom.harbor",
        _ => "subject.accessory",
    };

    // Cosign's tag scheme: sha256-<hex>.sig signs sha256:<hex>.
    private static Digest? CosignSubject(Manifest manifest, string reference) =>
        reference.EndsWith(".sig", StringComparison.Ordinal)
        && reference.StartsWith("sha256-", StringComparison.Ordinal)
        && Digest.TryParse($"sha256:{reference["sha256-".Length..^".sig".Length]}", out var digest)
        && manifest.Layers.Any(layer => layer.MediaType == MediaTypes.CosignSimpleSigning)
            ? digest
            : null;
}
