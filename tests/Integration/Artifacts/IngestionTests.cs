using System.Text.Json.Nodes;
using Harbor.Integration.Api;
using Harbor.Integration.Content;
using Harbor.Oci;
using Xunit;

namespace Harbor.Integration.Artifacts;

/// <summary>What the registry makes of what is pushed to it.</summary>
public sealed class IngestionTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_chart_is_shown_with_the_whole_of_its_metadata()
    {
        using var charts = await RepositoryAsync();
        await charts.Registry.PushChartAsync("v1", TestImage.Bytes(1), """{"name":"web","version":"1.0.0","apiVersion":"v2","keywords":["a"]}""");

        var shown = await GetAsync(charts, "v1");

        Assert.Equal(("CHART", Packed.HelmConfig, Packed.HelmConfig), Kind(shown));
        Assert.Equal("""{"name":"web","version":"1.0.0","apiVersion":"v2","keywords":["a"]}""", shown["extra_attrs"]!.ToJsonString());
    }

    [Fact]
    public async Task A_model_an_sbom_and_a_wasm_module_are_what_they_say()
    {
        using var all = await RepositoryAsync();
        await all.Registry.PushAsync("model", ("application/vnd.cncf.model.config.v1+json", """{"descriptor":{"family":"llama"}}"""u8.ToArray()), [], Packed.ModelType);
        await all.Registry.PushAsync("sbom", (Packed.SbomType, "{}"u8.ToArray()), []);
        await all.Registry.PushAsync("wasm", (MediaTypes.OciConfig, """{"architecture":"wasm","os":"wasip1"}"""u8.ToArray()), [], annotations: new() { ["run.oci.handler"] = "wasm" });
        await all.Registry.PushAsync("oci-wasm", ("application/vnd.wasm.config.v1+json", "{}"u8.ToArray()), [("application/vnd.wasm.content.layer.v1+wasm", TestImage.Bytes(2), "app.wasm")]);

        Assert.Equal(("CNAI", "application/vnd.cncf.model.config.v1+json", Packed.ModelType), Kind(await GetAsync(all, "model")));
        Assert.Equal("llama", (string)(await GetAsync(all, "model"))["extra_attrs"]!["descriptor"]!["family"]!);
        Assert.Equal("SBOM", Kind(await GetAsync(all, "sbom")).Type);
        var annotated = await GetAsync(all, "wasm");
        Assert.Equal(("WASM", "application/vnd.wasm.config.v1+json", MediaTypes.OciConfig), Kind(annotated));
        Assert.Equal(("wasm", MediaTypes.OciConfig), ((string)annotated["extra_attrs"]!["architecture"]!, (string)annotated["extra_attrs"]!["manifest.config.mediaType"]!));
        Assert.Equal(["build_history"], annotated["addition_links"]!.AsObject().Select(link => link.Key));
        Assert.Equal("app.wasm", (string)(await GetAsync(all, "oci-wasm"))["extra_attrs"]!["org.opencontainers.image.title"]!);
    }

    [Fact]
    public async Task A_bundle_is_described_by_the_config_of_the_part_that_says_so()
    {
        using var bundles = await RepositoryAsync();
        var part = await bundles.Registry.PushAsync("part", ("application/vnd.cnab.config.v1+json", """{"name":"bundle","schemaVersion":"v1"}"""u8.ToArray()), []);
        var image = TestImage.Of("invoked", TestImage.Bytes(4));
        await bundles.Registry.PushAsync(image);
        var (config, invocation) = (TestManifest.Descriptor(part.MediaType, part.Content), TestManifest.Descriptor(image.Manifest.MediaType, image.Manifest.Content));
        config["annotations"] = new Dictionary<string, string> { ["io.cnab.manifest.type"] = "config" };
        await bundles.Registry.PushAsync(TestManifest.Of(MediaTypes.OciIndex, new()
        {
            ["manifests"] = new[] { config, invocation },
            ["annotations"] = new Dictionary<string, string> { ["org.opencontainers.artifactType"] = "application/vnd.cnab.manifest.v1" },
        }), "v1");

        var shown = await GetAsync(bundles, "v1");

        Assert.Equal(("CNAB", "application/vnd.cnab.manifest.v1", (string?)null), Kind(shown));
        Assert.Equal("""{"name":"bundle","schemaVersion":"v1"}""", shown["extra_attrs"]!.ToJsonString());
        Assert.Equal("config", (string)shown["references"]![0]!["annotations"]!["io.cnab.manifest.type"]!);
    }

    [Fact]
    public async Task A_layer_that_is_named_twice_counts_twice_in_the_size()
    {
        using var images = await RepositoryAsync();
        var (config, layer) = ("{}"u8.ToArray(), TestImage.Bytes(5, 1000));
        var manifest = await images.Registry.PushAsync("v1", (MediaTypes.OciConfig, config), [("application/octet-stream", layer, null), ("application/octet-stream", layer, null)]);

        Assert.Equal(manifest.Content.Length + config.Length + 2000, (int)(await GetAsync(images, "v1"))["size"]!);
    }

    [Fact]
    public async Task A_signature_that_comes_before_what_it_signs_finds_it_when_that_comes()
    {
        using var images = await RepositoryAsync();
        var image = TestImage.Of("late", TestImage.Bytes(6));
        var signature = TestManifest.Signature(image.Manifest, TestImage.Bytes(7));
        await images.Registry.PutAsync(TestImage.Empty);
        await images.Registry.PutAsync(TestImage.Bytes(7));
        await images.Registry.PushAsync(signature);
        Assert.Empty((await api.Admin.JsonAsync(images.Artifacts)).AsArray());

        await images.Registry.PushAsync(image, "v1");

        var accessory = Assert.Single((await api.Admin.JsonAsync($"{images.Artifacts}/v1?with_accessory=true"))["accessories"]!.AsArray())!;
        Assert.Equal(("signature.notation", signature.Digest.Value), ((string)accessory["type"]!, (string)accessory["digest"]!));
        Assert.Equal((long)(await GetAsync(images, "v1"))["id"]!, (long)accessory["subject_artifact_id"]!);
    }

    [Fact]
    public async Task A_cosign_tag_makes_an_accessory_and_a_nydus_image_too()
    {
        using var images = await RepositoryAsync();
        var image = TestImage.Of("signed", TestImage.Bytes(8));
        await images.Registry.PushAsync(image, "v1");
        await images.Registry.PushAsync($"sha256-{image.Manifest.Digest.Hex}.sig", (MediaTypes.OciConfig, "{}"u8.ToArray()), [(MediaTypes.CosignSimpleSigning, TestImage.Bytes(9), null)]);
        var layer = TestImage.Bytes(10);
        await images.Registry.PutAsync(layer);
        var bootstrap = TestManifest.Descriptor("application/vnd.oci.image.layer.v1.tar", layer);
        bootstrap["annotations"] = new Dictionary<string, string> { ["containerd.io/snapshot/nydus-bootstrap"] = "true" };
        await images.Registry.PushAsync(TestManifest.Of(MediaTypes.OciManifest, new()
        {
            ["config"] = TestManifest.Descriptor(MediaTypes.OciConfig, "{}"u8.ToArray()),
            ["layers"] = new[] { bootstrap },
            ["subject"] = TestManifest.Descriptor(image.Manifest.MediaType, image.Manifest.Content),
        }));

        var shown = await api.Admin.JsonAsync($"{images.Artifacts}/v1/accessories?sort=id");

        Assert.Equal(["signature.cosign", "accelerator.nydus"], shown.Names("type"));
        Assert.Equal(["v1"], (await api.Admin.JsonAsync(images.Artifacts)).AsArray().SelectMany(artifact => artifact!["tags"]!.Names()));
    }

    private async Task<JsonNode> GetAsync(ContentRepository repository, string reference) => await api.Admin.JsonAsync($"{repository.Artifacts}/{reference}");

    private async Task<ContentRepository> RepositoryAsync() => new(api.Harbor, await api.ProjectAsync(), "all");

    private static (string Type, string MediaType, string? ArtifactType) Kind(JsonNode artifact) =>
        ((string)artifact["type"]!, (string)artifact["media_type"]!, (string?)artifact["artifact_type"]);
}
