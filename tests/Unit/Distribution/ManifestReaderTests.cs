using System.Text;
using Harbor.Oci;
using Xunit;

namespace Harbor.Unit.Distribution;

/// <summary>Whatever a stranger pushes is either a manifest or <c>MANIFEST_INVALID</c>. Sources: OCI image-spec 1.1; Docker image manifest v2, schema 2.</summary>
public sealed class ManifestReaderTests
{
    private const int Rounds = 15_000;
    private const string Blob = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    private static readonly string Image = $$$"""
        {"schemaVersion":2,"mediaType":"{{{MediaTypes.OciManifest}}}","artifactType":"application/vnd.example+type",
         "config":{"mediaType":"{{{MediaTypes.OciConfig}}}","digest":"{{{Blob}}}","size":7,"annotations":{"a":"b"}},
         "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"{{{Blob}}}","size":1,"urls":["https://example.com/x"]}],
         "subject":{"mediaType":"{{{MediaTypes.OciManifest}}}","digest":"{{{Blob}}}","size":3},"annotations":{"org.opencontainers.image.title":"t"}}
        """;

    private static readonly string Index = $$$"""
        {"schemaVersion":2,"mediaType":"{{{MediaTypes.OciIndex}}}","annotations":{"k":"v"},
         "manifests":[{"mediaType":"{{{MediaTypes.OciManifest}}}","digest":"{{{Blob}}}","size":5,"artifactType":"application/vnd.example",
                       "platform":{"architecture":"amd64","os":"linux","os.features":["x"]}}]}
        """;

    private static readonly string DockerList = Index.Replace(MediaTypes.OciIndex, MediaTypes.DockerManifestList, StringComparison.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_damaged_manifest_is_read_or_refused_and_nothing_else(int seed)
    {
        var mutations = new MutatedJson(seed);
        byte[][] valid = [Encoding.UTF8.GetBytes(Image), Encoding.UTF8.GetBytes(Index), Encoding.UTF8.GetBytes(DockerList)];
        var read = 0;
        for (var round = 0; round < Rounds; round++)
        {
            read += IsRead(mutations.Next(valid[round % valid.Length]), null) ? 1 : 0;
        }

        Assert.InRange(read, Rounds / 100, Rounds - (Rounds / 100));   // both sides were met
    }

    [Fact]
    public void Noise_is_refused_and_nothing_else()
    {
        var mutations = new MutatedJson(4);
        for (var round = 0; round < Rounds; round++)
        {
            Assert.False(IsRead(mutations.Noise(), round % 2 == 0 ? MediaTypes.OciManifest : null));
        }
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("")]
    [InlineData(null)]
    public void Without_a_telling_content_type_the_manifest_says_itself_what_it_is(string? contentType) =>
        Assert.Equal(MediaTypes.OciManifest, Read(Image, contentType).MediaType);

    [Fact]
    public void Every_field_that_the_registry_needs_is_read()
    {
        var manifest = Read(Image, MediaTypes.OciManifest);
        var layer = Assert.Single(manifest.Layers);

        Assert.Equal("application/vnd.example+type", manifest.ArtifactType);
        Assert.Equal((Blob, 7L, MediaTypes.OciConfig), (manifest.Config!.Digest.Value, manifest.Config.SizeBytes, manifest.Config.MediaType));
        Assert.Equal("https://example.com/x", Assert.Single(layer.Urls));
        Assert.Equal(Blob, manifest.Subject!.Digest.Value);
        Assert.Equal("t", manifest.Annotations!["org.opencontainers.image.title"]);
    }

    [Fact]
    public void An_index_names_its_children_with_their_platforms()
    {
        var index = Read(Index, MediaTypes.OciIndex);
        var child = Assert.Single(index.Manifests);

        Assert.True(index.IsIndex);
        Assert.Null(index.Config);
        Assert.Equal("""{"architecture":"amd64","os":"linux","os.features":["x"]}""", child.Platform);
        Assert.Equal("application/vnd.example", child.ArtifactType);
    }

    [Theory]
    [InlineData("schemaVersion is another", "\"schemaVersion\":2", "\"schemaVersion\":1")]
    [InlineData("schemaVersion is a text", "\"schemaVersion\":2", "\"schemaVersion\":\"2\"")]
    [InlineData("config is missing", "\"config\":", "\"other\":")]
    [InlineData("an image with manifests", "\"layers\":", "\"manifests\":[],\"layers\":")]
    [InlineData("a negative size", "\"size\":7", "\"size\":-7")]
    [InlineData("a size beyond 64 bits", "\"size\":7", "\"size\":99999999999999999999")]
    [InlineData("a fraction for a size", "\"size\":7", "\"size\":7.5")]
    [InlineData("a digest in capitals", "sha256:9f86d081", "sha256:9F86D081")]
    [InlineData("a digest of an unknown algorithm", "\"digest\":\"sha256", "\"digest\":\"md5")]
    [InlineData("NUL in an annotation", "\"t\"", "\"\\u0000\"")]
    [InlineData("NUL in an annotation's name", "org.opencontainers.image.title", "\\u0000")]
    [InlineData("half a surrogate pair in an annotation", "\"t\"", "\"\\ud800\"")]
    [InlineData("half a surrogate pair in a name", "\"annotations\":{\"org", "\"annotations\":{\"\\ud800org")]
    [InlineData("half a surrogate pair in a media type", "application/vnd.oci.image.layer", "\\udfff")]
    [InlineData("a number as annotation", "\"t\"", "1")]
    [InlineData("an annotation list", "{\"org.opencontainers.image.title\":\"t\"}", "[]")]
    [InlineData("a trailing comma", "\"size\":3}", "\"size\":3,}")]
    [InlineData("a comment", "\"layers\"", "/*x*/\"layers\"")]
    [InlineData("text after the end", "\"t\"}}", "\"t\"}}x")]
    public void What_is_wrong_is_refused(string wrong, string instead, string of)
    {
        Assert.Contains(instead, Image, StringComparison.Ordinal);
        Assert.False(IsRead(Encoding.UTF8.GetBytes(Image.Replace(instead, of, StringComparison.Ordinal)), null), wrong);
    }

    [Theory]
    [InlineData("{\"architecture\":\"\\ud800\"}")]
    [InlineData("{\"architecture\":\"\\u0000\"}")]
    [InlineData("{\"\\udfff\":1}")]
    [InlineData("{\"os.features\":[{\"a\":[\"\\ud800\"]}]}")]
    public void A_platform_whose_texts_cannot_be_read_is_refused(string platform) =>
        Assert.False(IsRead(Encoding.UTF8.GetBytes(Index.Replace("\"platform\":{\"architecture\":\"amd64\",\"os\":\"linux\",\"os.features\":[\"x\"]}", $"\"platform\":{platform}", StringComparison.Ordinal)), null));

    [Fact]
    public void Nesting_too_deep_is_refused_and_does_not_overflow_the_stack()
    {
        foreach (var depth in (ReadOnlySpan<int>)[33, 64, 1000, 1_000_000])
        {
            var deep = $"{{\"schemaVersion\":2,\"x\":{new string('[', depth)}{new string(']', depth)}}}";
            Assert.False(IsRead(Encoding.UTF8.GetBytes(deep), MediaTypes.OciManifest));
        }
    }

    [Theory]
    [InlineData("application/vnd.docker.distribution.manifest.v1+json")]
    [InlineData("application/vnd.docker.distribution.manifest.v1+prettyjws")]
    [InlineData("text/plain")]
    [InlineData("application/vnd.oci.image.manifest.v2+json")]
    public void A_media_type_that_is_no_manifest_is_refused(string contentType) =>
        Assert.False(IsRead(Encoding.UTF8.GetBytes(Image.Replace($"\"mediaType\":\"{MediaTypes.OciManifest}\",\"artifactType\"", "\"artifactType\"", StringComparison.Ordinal)), contentType));

    private static Manifest Read(string json, string? contentType) => ManifestReader.Read(Encoding.UTF8.GetBytes(json), contentType);

    private static bool IsRead(byte[] content, string? contentType)
    {
        try
        {
            var manifest = ManifestReader.Read(content, contentType);
            return manifest.IsIndex ? manifest.Config is null : manifest.Config is not null;
        }
        catch (RegistryException e) when (e.Code == ErrorCode.ManifestInvalid)
        {
            return false;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Not refused but broken by: {MutatedJson.Show(content)}", e);
        }
    }
}
