using FsCheck.Fluent;
using Harbor.Modules.Artifacts.Manifests;
using Harbor.Oci;
using Harbor.Unit.Oci;
using Xunit;

namespace Harbor.Unit.Distribution;

/// <summary>What ties an artifact to another: OCI's subject, and cosign's tag scheme.</summary>
public sealed class AccessoryKindTests
{
    private static readonly Digest Subject = Digest.Of("subject"u8);
    private static readonly string CosignTag = $"sha256-{Subject.Hex}.sig";

    [Theory]
    [InlineData("application/vnd.cncf.notary.signature", "signature.notation")]
    [InlineData("application/vnd.dev.cosign.artifact.sig.v1+json", "signature.cosign")]
    [InlineData("application/vnd.dev.sigstore.bundle.v0.3+json", "signature.cosign")]
    [InlineData("application/vnd.goharbor.harbor.sbom.v1", "sbom.harbor")]
    [InlineData("application/vnd.example", "subject.accessory")]
    [InlineData(MediaTypes.OciConfig, "subject.accessory")]
    public void An_artifact_with_a_subject_is_named_by_its_type(string type, string accessory)
    {
        Assert.Equal(new AccessoryKind(accessory, Subject), AccessoryKind.Of(Artifact(artifactType: type, subject: true), "v1"));
        Assert.Equal(new AccessoryKind(accessory, Subject), AccessoryKind.Of(Artifact(configType: type, subject: true), ""));
    }

    [Fact]
    public void A_nydus_bootstrap_layer_makes_an_accelerator()
    {
        var bootstrap = Described("application/vnd.oci.image.layer.v1.tar") with
        {
            Annotations = new Dictionary<string, string> { ["containerd.io/snapshot/nydus-bootstrap"] = "true" },
        };

        Assert.Equal("accelerator.nydus", AccessoryKind.Of(Artifact(configType: MediaTypes.OciConfig, subject: true) with { Layers = [Described("x"), bootstrap] }, "v1")!.Type);
        Assert.Equal("subject.accessory", AccessoryKind.Of(Artifact(configType: MediaTypes.OciConfig, subject: true) with { Layers = [bootstrap, Described("x")] }, "v1")!.Type);
    }

    [Fact]
    public void Cosigns_tag_names_what_it_signs() =>
        Assert.Equal(new AccessoryKind("signature.cosign", Subject), AccessoryKind.Of(Artifact(layerType: MediaTypes.CosignSimpleSigning), CosignTag));

    [Fact]
    public void A_subject_outranks_the_tag()
    {
        var manifest = Artifact(artifactType: "application/vnd.example", layerType: MediaTypes.CosignSimpleSigning, subject: true);

        Assert.Equal("subject.accessory", AccessoryKind.Of(manifest, CosignTag)!.Type);
    }

    [Theory]
    [InlineData(".att")]
    [InlineData(".sbom")]
    [InlineData("")]
    [InlineData(".sig.sig")]
    public void Other_suffixes_tie_nothing(string suffix) =>
        Assert.Null(AccessoryKind.Of(Artifact(layerType: MediaTypes.CosignSimpleSigning), $"sha256-{Subject.Hex}{suffix}"));

    [Fact]
    public void A_signatures_tag_on_what_is_no_signature_ties_nothing() =>
        Assert.Null(AccessoryKind.Of(Artifact(), CosignTag));

    [Fact]
    public void Any_reference_is_looked_at_without_a_fault() =>
        HostileText.Check(Prop.ForAll(HostileText.UpTo(90), text =>
            AccessoryKind.Of(Artifact(layerType: MediaTypes.CosignSimpleSigning), text) is null
            && AccessoryKind.Of(Artifact(layerType: MediaTypes.CosignSimpleSigning), $"sha256-{text}.sig") is null
            && AccessoryKind.Of(Artifact(layerType: MediaTypes.CosignSimpleSigning), text + CosignTag) is null == text.Length > 0));

    [Theory]
    [InlineData(".sig")]
    [InlineData("sha256-")]
    [InlineData("sha256-.sig")]
    [InlineData("sha256-sig")]
    public void A_torn_cosign_tag_ties_nothing(string tag) =>
        Assert.Null(AccessoryKind.Of(Artifact(layerType: MediaTypes.CosignSimpleSigning), tag));

    private static Manifest Artifact(string? artifactType = null, string configType = MediaTypes.OciEmpty, string layerType = "application/octet-stream", bool subject = false) =>
        new(MediaTypes.OciManifest, artifactType, Described(configType), [Described(layerType)], [],
            subject ? Described(MediaTypes.OciManifest) with { Digest = Subject } : null, null);

    private static Descriptor Described(string mediaType) => new(mediaType, Digest.Of("x"u8), 1, null, [], null, null);
}
