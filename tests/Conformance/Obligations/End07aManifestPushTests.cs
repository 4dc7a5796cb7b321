using System.Net;
using System.Text;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Xunit;

namespace Harbor.Conformance.Obligations;

/// <summary>end-7a: PUT of a manifest.</summary>
public sealed class End07aManifestPushTests(SharedHarbor shared)
{
    [Theory]
    [InlineData("tag")]
    [InlineData("sha256")]
    [InlineData("sha512")]
    public async Task A_pushed_manifest_is_there_under_what_it_was_pushed_as(string by)
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.ImageAsync();
        var digest = Digest.Of(image.Bytes, by == "sha512" ? DigestAlgorithm.Sha512 : DigestAlgorithm.Sha256);
        var reference = by == "tag" ? "v1.0-rc_1" : digest.Value;

        var answer = (await repository.PutManifestAsync(reference, image)).Is(HttpStatusCode.Created);

        Assert.Equal($"/v2/{repository.Name}/manifests/{digest}", answer.Header("Location"));
        Assert.Equal(digest.Value, answer.Header("Docker-Content-Digest"));
        Assert.Equal("0", answer.Header("Content-Length"));
        Assert.Null(answer.Header("OCI-Subject"));
        Assert.Equal(image.Bytes, (await repository.GetAsync($"manifests/{reference}")).Is(HttpStatusCode.OK).Body);
        Assert.Equal(image.Bytes, (await repository.GetAsync(answer.Header("Location")!)).Is(HttpStatusCode.OK).Body);
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task Every_kind_of_manifest_keeps_its_media_type()
    {
        var repository = await shared.RepositoryAsync();
        var config = await repository.PushBlobAsync(Content.ImageConfig(), MediaTypes.DockerConfig);
        var layer = await repository.PushBlobAsync(Content.Random(), Manifests.DockerLayer);
        await repository.PushBlobAsync(Manifests.Empty.Bytes);
        var docker = await repository.PushManifestAsync("docker", Manifests.DockerImage(config, layer));
        var oci = await repository.PushImageAsync("oci");
        Content[] all =
        [
            docker, oci,
            await repository.PushManifestAsync("list", Manifests.DockerList(docker)),
            await repository.PushManifestAsync("index", Manifests.Index(oci, docker)),
            await repository.PushManifestAsync("artifact", Manifests.Image(Manifests.Empty, [layer], "\"artifactType\":\"application/vnd.example\"")),
        ];

        foreach (var manifest in all)
        {
            var got = (await repository.GetAsync($"manifests/{manifest.Digest}")).Is(HttpStatusCode.OK);
            Assert.Equal(manifest.MediaType, got.Header("Content-Type"));
            Assert.Equal(manifest.Bytes, got.Body);
        }
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("")]
    [InlineData("application/vnd.oci.image.manifest.v1+json; charset=utf-8")]
    public async Task A_manifest_that_names_its_media_type_needs_no_telling_content_type(string contentType)
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.ImageAsync();

        (await repository.SendAsync(HttpMethod.Put, "manifests/v1", image.Bytes, contentType.Length > 0 ? contentType : null)).Is(HttpStatusCode.Created);

        Assert.Equal(MediaTypes.OciManifest, (await repository.HeadAsync("manifests/v1")).Header("Content-Type"));
    }

    [Fact]
    public async Task A_manifest_without_a_media_type_is_what_the_content_type_says()
    {
        var repository = await shared.RepositoryAsync();
        var plain = Encoding.UTF8.GetString((await repository.ImageAsync()).Bytes);
        var untold = Content.Of(MediaTypes.OciManifest, plain.Replace($"\"mediaType\":\"{MediaTypes.OciManifest}\",", "", StringComparison.Ordinal));
        Assert.NotEqual(plain.Length, untold.Bytes.Length);

        await repository.PushManifestAsync("v1", untold);

        Assert.Equal(MediaTypes.OciManifest, (await repository.HeadAsync("manifests/v1")).Header("Content-Type"));
    }

    [Fact]
    public async Task Bytes_are_kept_verbatim_however_they_are_written()
    {
        var repository = await shared.RepositoryAsync();
        var plain = Encoding.UTF8.GetString((await repository.ImageAsync()).Bytes);
        var odd = "\r\n\t " + plain
            .Replace(",", " \t,\n\n ", StringComparison.Ordinal)
            .Replace("\"layers\"", "\"\\u006cayers\"", StringComparison.Ordinal)
            .Replace("\"schemaVersion\"", "\"x-unknown\":{\"é\":[1.0,1e2,-0,null]},\"schemaVersion\"", StringComparison.Ordinal) + " \n\n";

        var manifest = await repository.PushManifestAsync("odd", Content.Of(MediaTypes.OciManifest, odd));

        Assert.Equal(manifest.Bytes, (await repository.GetAsync("manifests/odd")).Body);
        Assert.Equal(manifest.Bytes, (await repository.GetAsync($"manifests/{manifest.Digest}")).Body);
    }

    [Fact]
    public async Task A_tag_moves_and_what_it_named_stays()
    {
        var repository = await shared.RepositoryAsync();
        var first = await repository.PushImageAsync("v1");
        Assert.Equal(first.Bytes, (await repository.GetAsync("manifests/v1")).Body);

        var second = await repository.PushImageAsync("v1");

        Assert.Equal(second.Bytes, (await repository.GetAsync("manifests/v1")).Body);
        Assert.Equal(first.Bytes, (await repository.GetAsync($"manifests/{first.Digest}")).Body);
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task Pushing_the_same_again_changes_nothing()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.PushImageAsync("v1");
        var used = await UsedAsync(repository);

        await repository.PushManifestAsync("v1", image);
        await repository.PushManifestAsync("v2", image);
        await repository.PushManifestAsync(image.Digest.Value, image);

        Assert.Equal(used, await UsedAsync(repository));
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task A_digest_that_is_not_the_manifests_is_refused_and_nothing_is_stored()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.ImageAsync();
        var other = Digest.Of(Content.Random());

        (await repository.PutManifestAsync(other.Value, image)).Refuses(HttpStatusCode.BadRequest, "DIGEST_INVALID");
        (await repository.PutManifestAsync("sha256:abc", image)).Refuses(HttpStatusCode.BadRequest, "DIGEST_INVALID");

        (await repository.GetAsync($"manifests/{image.Digest}")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
        (await repository.GetAsync("tags/list")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
    }

    [Theory]
    [InlineData("-x")]
    [InlineData(".x")]
    [InlineData("a+b")]
    [InlineData("%C3%A9")]
    public async Task A_tag_outside_the_grammar_is_refused_and_nothing_is_stored(string tag)
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.ImageAsync();

        var message = (await repository.PutManifestAsync(tag, image)).Refuses(HttpStatusCode.BadRequest, "BAD_REQUEST");

        Assert.Equal($"bad request: invalid tag name: {Uri.UnescapeDataString(tag)}", message);
        (await repository.GetAsync($"manifests/{image.Digest}")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task A_tag_has_at_most_128_characters()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.ImageAsync();

        (await repository.PutManifestAsync(new string('a', 128), image)).Is(HttpStatusCode.Created);
        (await repository.PutManifestAsync(new string('a', 129), image)).Refuses(HttpStatusCode.BadRequest, "BAD_REQUEST");
    }

    private static async Task<object?> UsedAsync(TestRepository repository) =>
        await repository.Harbor.Database.QueryAsync($"SELECT used FROM quota JOIN project ON project.id = project_id WHERE name = '{repository.Project}'");
}
