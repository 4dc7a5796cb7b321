using System.Net;
using System.Text.Json;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Xunit;

namespace Harbor.Conformance.Obligations;

/// <summary>end-12: the referrers of a manifest.</summary>
public sealed class End12ReferrersTests(SharedHarbor shared)
{
    private const string Note = "application/vnd.example.note";
    private const string Sbom = "application/vnd.example.sbom";

    [Fact]
    public async Task Each_referrer_is_described_with_its_type_and_annotations()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.PushImageAsync();
        await repository.PushBlobAsync(Manifests.Empty.Bytes);
        var note = await repository.PushManifestAsync("note", Manifests.Referrer(image, Note, "{\"org.example/a\":\"ä\\n\\\"\",\"b\":\"\"}"));

        var answer = (await repository.GetAsync($"referrers/{image.Digest}")).Is(HttpStatusCode.OK);
        var (index, entry) = (answer.Json, Entries(answer).Single());

        Assert.Equal(MediaTypes.OciIndex, answer.Header("Content-Type"));
        Assert.Equal((2, MediaTypes.OciIndex), (index.GetProperty("schemaVersion").GetInt32(), index.GetProperty("mediaType").GetString()));
        Assert.Equal(["mediaType", "digest", "size", "annotations", "artifactType"], entry.EnumerateObject().Select(field => field.Name));
        Assert.Equal(
            (MediaTypes.OciManifest, note.Digest.Value, note.Bytes.Length, Note),
            (Text(entry, "mediaType"), Text(entry, "digest"), entry.GetProperty("size").GetInt32(), Text(entry, "artifactType")));
        Assert.Equal("ä\n\"", Text(entry.GetProperty("annotations"), "org.example/a"));
        Assert.Equal("", Text(entry.GetProperty("annotations"), "b"));
        Assert.Equal("1", answer.Header("X-Total-Count"));
        Assert.Null(answer.Header("OCI-Filters-Applied"));
        Assert.Null(answer.Header("Link"));
    }

    [Fact]
    public async Task Without_an_artifact_type_the_configs_media_type_stands_for_it_and_an_index_has_none()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.PushImageAsync();
        var config = await repository.PushBlobAsync(Content.Random(), "application/vnd.example.config");
        await repository.PushManifestAsync("by-config", Manifests.Image(config, [], $"\"subject\":{image.Descriptor}"));
        await repository.PushManifestAsync("index", Manifests.Index([], $"\"subject\":{image.Descriptor}"));
        await repository.PushManifestAsync("typed-index", Manifests.Index([], $"\"subject\":{image.Descriptor}", $"\"artifactType\":\"{Note}\""));

        var entries = Entries(await repository.GetAsync($"referrers/{image.Digest}"));

        Assert.Equal(["application/vnd.example.config", null, Note], entries.Select(entry => entry.TryGetProperty("artifactType", out var type) ? type.GetString() : null));
        Assert.Equal([MediaTypes.OciManifest, MediaTypes.OciIndex, MediaTypes.OciIndex], entries.Select(entry => Text(entry, "mediaType")));
        Assert.All(entries, entry => Assert.False(entry.TryGetProperty("annotations", out _)));
    }

    [Fact]
    public async Task A_filter_is_applied_and_said_to_be_and_the_count_is_of_all()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.PushImageAsync();
        await repository.PushBlobAsync(Manifests.Empty.Bytes);
        await repository.PushManifestAsync("note", Manifests.Referrer(image, Note));
        var sbom = await repository.PushManifestAsync("sbom", Manifests.Referrer(image, Sbom));

        var some = await repository.GetAsync($"referrers/{image.Digest}?artifactType={Uri.EscapeDataString(Sbom)}");
        var none = await repository.GetAsync($"referrers/{image.Digest}?artifactType=application/vnd.other");

        Assert.Equal(sbom.Digest.Value, Text(Assert.Single(Entries(some)), "digest"));
        Assert.Empty(Entries(none));
        Assert.All([some, none], answer => Assert.Equal(("artifactType", "2"), (answer.Header("OCI-Filters-Applied"), answer.Header("X-Total-Count"))));
    }

    [Fact]
    public async Task What_nothing_refers_to_has_an_empty_list()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.PushImageAsync();

        foreach (var what in new[] { $"referrers/{image.Digest}", $"referrers/{Digest.Of(Content.Random())}", $"/v2/{repository.Project}/never-pushed/referrers/{image.Digest}" })
        {
            var answer = (await repository.GetAsync(what)).Is(HttpStatusCode.OK);
            Assert.Empty(Entries(answer));
            Assert.Equal("0", answer.Header("X-Total-Count"));
        }
    }

    [Theory]
    [InlineData("latest")]
    [InlineData("sha256:abc")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    public async Task What_is_no_digest_is_refused(string digest)
    {
        var repository = await shared.RepositoryAsync();

        (await repository.GetAsync($"referrers/{digest}")).Refuses(HttpStatusCode.BadRequest, "BAD_REQUEST");
    }

    [Fact]
    public async Task A_referrer_may_come_before_its_subject()
    {
        var repository = await shared.RepositoryAsync();
        await repository.PushBlobAsync(Manifests.Empty.Bytes);
        var image = await repository.ImageAsync();
        await repository.PushManifestAsync("note", Manifests.Referrer(image));
        Assert.Single(Entries(await repository.GetAsync($"referrers/{image.Digest}")));

        await repository.PushManifestAsync("v1", image);

        Assert.Single(Entries(await repository.GetAsync($"referrers/{image.Digest}")));
    }

    [Fact]
    public async Task A_cosign_tag_is_listed_as_a_referrer_of_what_it_signs_and_other_suffixes_are_not()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.PushImageAsync();
        var signature = Manifests.Image(
            await repository.PushBlobAsync(Content.ImageConfig(), MediaTypes.OciConfig), await repository.PushBlobAsync(Content.Random(), MediaTypes.CosignSimpleSigning));
        await repository.PushManifestAsync($"sha256-{image.Digest.Hex}.att", signature);
        Assert.Empty(Entries(await repository.GetAsync($"referrers/{image.Digest}")));

        await repository.PushManifestAsync($"sha256-{image.Digest.Hex}.sig", signature);

        Assert.Equal(signature.Digest.Value, Text(Assert.Single(Entries(await repository.GetAsync($"referrers/{image.Digest}"))), "digest"));
    }

    [Fact]
    public async Task A_deleted_referrer_is_not_listed()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.PushImageAsync();
        await repository.PushBlobAsync(Manifests.Empty.Bytes);
        var note = await repository.PushManifestAsync("note", Manifests.Referrer(image));

        (await repository.DeleteAsync($"manifests/{note.Digest}")).Is(HttpStatusCode.Accepted);

        Assert.Empty(Entries(await repository.GetAsync($"referrers/{image.Digest}")));
        (await repository.GetAsync("manifests/v1")).Is(HttpStatusCode.OK);
    }

    private static JsonElement[] Entries(Answer answer) => [.. answer.Is(HttpStatusCode.OK).Json.GetProperty("manifests").EnumerateArray()];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
