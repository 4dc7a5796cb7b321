using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Harbor.Modules.Artifacts.Manifests;
using Harbor.Oci;
using Xunit;

namespace Harbor.Unit.Distribution;

/// <summary>What Harbor calls an artifact, by its media types and its config.</summary>
public sealed class ArtifactKindTests
{
    private const int Rounds = 15_000;
    private const string Helm = "application/vnd.cncf.helm.config.v1+json";

    private static readonly Descriptor Layer = Described("application/octet-stream");

    private static readonly byte[] ImageConfig = Encoding.UTF8.GetBytes("""
        {"created":"2030-01-01T00:00:00Z","author":"A. Uthor","architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},
         "config":{"Env":["A=B"],"Labels":{"maintainer":"m@example.com","org.opencontainers.image.authors":"o"}},"history":[{"created_by":"x"}]}
        """);

    [Theory]
    [InlineData(MediaTypes.OciConfig, "IMAGE")]
    [InlineData(MediaTypes.DockerConfig, "IMAGE")]
    [InlineData(Helm, "CHART")]
    [InlineData("application/vnd.cnab.manifest.v1", "CNAB")]
    [InlineData("application/vnd.wasm.config.v1+json", "WASM")]
    [InlineData("application/vnd.cncf.model.manifest.v1+json", "CNAI")]
    [InlineData("application/vnd.goharbor.harbor.sbom.v1", "SBOM")]
    [InlineData("application/vnd.acme.rocket.config.v1+json", "ROCKET")]
    [InlineData("application/vnd.acme.space.ship.config.v2+json", "SPACE.SHIP")]
    [InlineData(MediaTypes.OciEmpty, "UNKNOWN")]
    [InlineData("text/plain", "UNKNOWN")]
    public void The_configs_media_type_names_the_kind(string mediaType, string type)
    {
        var kind = ArtifactKind.Of(Image(mediaType), default);

        Assert.Equal((type, mediaType, mediaType), (kind.Type, kind.MediaType, kind.ArtifactType));
    }

    [Fact]
    public void An_artifact_type_outranks_the_config()
    {
        var kind = ArtifactKind.Of(Image(MediaTypes.OciEmpty) with { ArtifactType = Helm }, default);

        Assert.Equal(("CHART", Helm), (kind.Type, kind.ArtifactType));
    }

    [Fact]
    public void An_index_is_an_image_without_an_artifact_type_of_its_own()
    {
        var kind = ArtifactKind.Of(new Manifest(MediaTypes.OciIndex, null, null, [], [], null, null), default);

        Assert.Equal(("IMAGE", MediaTypes.OciIndex, ""), (kind.Type, kind.MediaType, kind.ArtifactType));
    }

    [Fact]
    public void An_images_config_gives_what_the_portal_shows()
    {
        using var attributes = JsonDocument.Parse(ArtifactKind.Of(Image(MediaTypes.OciConfig), ImageConfig).ExtraAttributes!);
        var shown = attributes.RootElement;

        Assert.Equal(["architecture", "author", "config", "created", "os"], shown.EnumerateObject().Select(attribute => attribute.Name).Order());
        Assert.Equal("A. Uthor", shown.GetProperty("author").GetString());
        Assert.Equal("A=B", shown.GetProperty("config").GetProperty("Env")[0].GetString());
    }

    [Theory]
    [InlineData("module.wasm.image/variant", "compat")]
    [InlineData("run.oci.handler", "wasm")]
    public void An_image_whose_annotations_say_so_is_a_wasm_module(string name, string value)
    {
        var kind = ArtifactKind.Of(Image(MediaTypes.OciConfig) with { Annotations = new Dictionary<string, string> { [name] = value } }, ImageConfig);

        using var attributes = JsonDocument.Parse(kind.ExtraAttributes!);
        Assert.Equal(("WASM", "application/vnd.wasm.config.v1+json", MediaTypes.OciConfig), (kind.Type, kind.MediaType, kind.ArtifactType));
        Assert.Equal(
            ["architecture", "author", "config", "created", "manifest.config.mediaType", "os"],
            attributes.RootElement.EnumerateObject().Select(attribute => attribute.Name).Order(StringComparer.Ordinal));
        Assert.Equal(MediaTypes.OciConfig, attributes.RootElement.GetProperty("manifest.config.mediaType").GetString());
    }

    [Fact]
    public void A_wasm_module_with_a_config_of_its_own_is_shown_by_its_layer()
    {
        var module = Described("application/vnd.wasm.content.layer.v1+wasm") with { Annotations = new Dictionary<string, string> { ["org.opencontainers.image.title"] = "app.wasm" } };
        var kind = ArtifactKind.Of(Image("application/vnd.wasm.config.v1+json") with { Layers = [module] }, "not even json"u8.ToArray());

        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse("""
                {"manifest.config.mediaType":"application/vnd.wasm.config.v1+json","manifest.layers.mediaType":"application/vnd.wasm.content.layer.v1+wasm",
                 "org.opencontainers.image.title":"app.wasm"}
                """), JsonNode.Parse(kind.ExtraAttributes!)),
            kind.ExtraAttributes);
    }

    [Fact]
    public void A_vendors_config_may_name_keys_to_leave_out()
    {
        var manifest = Image("application/vnd.acme.rocket.config.v1+json");
        var skipping = manifest with { Config = manifest.Config! with { Annotations = new Dictionary<string, string> { ["io.goharbor.artifact.v1alpha1.skip-list"] = "secret, large,absent" } } };

        Assert.Equal("""{"name":"r"}""", ArtifactKind.Of(skipping, """{"name":"r","large":[1],"secret":{}}"""u8.ToArray()).ExtraAttributes);
        Assert.Equal("""{"name":"r","large":[1]}""", ArtifactKind.Of(manifest, """{"name":"r","large":[1]}"""u8.ToArray()).ExtraAttributes);
    }

    [Fact]
    public void A_bundle_is_described_by_the_config_of_its_part()
    {
        var part = Described(MediaTypes.OciManifest) with { Annotations = new Dictionary<string, string> { ["io.cnab.manifest.type"] = "config" } };
        var bundle = new Manifest(MediaTypes.OciIndex, null, null, [], [Layer, part], null, new Dictionary<string, string> { ["org.opencontainers.artifactType"] = "application/vnd.cnab.manifest.v1" });

        Assert.Equal(part, ArtifactKind.BundleConfigOf(bundle));
        Assert.Null(ArtifactKind.BundleConfigOf(bundle with { Annotations = null }));
        Assert.Equal(("CNAB", """{"name":"b"}"""), (ArtifactKind.Of(bundle, """{"name":"b"}"""u8.ToArray()).Type, ArtifactKind.Of(bundle, """{"name":"b"}"""u8.ToArray()).ExtraAttributes));
    }

    [Theory]
    [InlineData(MediaTypes.OciConfig, 11)]
    [InlineData(Helm, 12)]
    public void A_damaged_config_is_understood_or_refused_and_nothing_else(string mediaType, int seed)
    {
        var mutations = new MutatedJson(seed);
        var refused = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var config = round % 10 == 0 ? mutations.Noise() : mutations.Next(ImageConfig);
            try
            {
                if (ArtifactKind.Of(Image(mediaType), config).ExtraAttributes is { } attributes)
                {
                    using var stored = JsonDocument.Parse(attributes);
                    Assert.Equal(JsonValueKind.Object, stored.RootElement.ValueKind);
                }
            }
            catch (RegistryException e) when (e.Code == ErrorCode.ManifestInvalid)
            {
                refused++;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Not refused but broken by: {MutatedJson.Show(config)}", e);
            }
        }

        Assert.InRange(refused, Rounds / 100, Rounds - (Rounds / 100));   // both sides were met
    }

    [Theory]
    [InlineData("application/vnd.")]
    [InlineData("application/vnd..config.v1+json")]
    [InlineData("application/vnd.a..config.+json")]
    [InlineData("application/vnd.a.\n.config.v1+json")]
    [InlineData("APPLICATION/VND.A.B.CONFIG.V1+JSON")]
    public void An_odd_media_type_breaks_nothing(string mediaType) =>
        Assert.NotEmpty(ArtifactKind.Of(Image(mediaType), ImageConfig).Type);

    private static Manifest Image(string configType) => new(MediaTypes.OciManifest, null, Described(configType), [Layer], [], null, null);

    private static Descriptor Described(string mediaType) => new(mediaType, Digest.Of("x"u8), 1, null, [], null, null);
}
