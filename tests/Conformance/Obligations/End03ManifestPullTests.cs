using System.Net;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Xunit;

namespace Harbor.Conformance.Obligations;

/// <summary>end-3: GET and HEAD of a manifest.</summary>
public sealed class End03ManifestPullTests(SharedHarbor shared)
{
    [Fact]
    public async Task A_manifest_is_found_by_tag_and_by_digest_and_says_what_it_is()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.PushImageAsync("v1");

        foreach (var reference in new[] { "v1", image.Digest.Value })
        {
            var got = (await repository.GetAsync($"manifests/{reference}")).Is(HttpStatusCode.OK);
            var head = (await repository.HeadAsync($"manifests/{reference}")).Is(HttpStatusCode.OK);

            Assert.Equal(image.Bytes, got.Body);
            Assert.Empty(head.Body);
            Assert.All([got, head], answer =>
            {
                Assert.Equal(image.Digest.Value, answer.Header("Docker-Content-Digest"));
                Assert.Equal($"\"{image.Digest}\"", answer.Header("ETag"));
                Assert.Equal($"{image.Bytes.Length}", answer.Header("Content-Length"));
                Assert.Equal(MediaTypes.OciManifest, answer.Header("Content-Type"));
                Assert.Equal("registry/2.0", answer.Header("Docker-Distribution-Api-Version"));
            });
        }
    }

    [Fact]
    public async Task What_a_client_accepts_does_not_change_what_a_tag_means()
    {
        var repository = await shared.RepositoryAsync();
        var child = await repository.PushImageAsync();
        var index = await repository.PushManifestAsync("all", Manifests.Index(child));

        foreach (var accept in new[] { MediaTypes.DockerManifest, "application/vnd.docker.distribution.manifest.v1+json", "text/html", "*/*" })
        {
            Assert.Equal(index.Bytes, (await repository.GetAsync("manifests/all", ("Accept", accept))).Is(HttpStatusCode.OK).Body);
        }
    }

    [Fact]
    public async Task A_missing_manifest_is_not_found_in_Harbors_words()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.PushImageAsync();
        var missing = Digest.Of(Content.Random());

        Assert.Equal($"artifact {repository.Name}:v2 not found", (await repository.GetAsync("manifests/v2")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND"));
        Assert.Equal($"artifact {repository.Name}@{missing} not found", (await repository.GetAsync($"manifests/{missing}")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND"));
        Assert.Empty((await repository.HeadAsync("manifests/v2")).Is(HttpStatusCode.NotFound).Body);
        (await repository.Beside("never-pushed").GetAsync("manifests/v1")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
        (await repository.Beside("never-pushed").GetAsync($"manifests/{image.Digest}")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
    }

    [Theory]
    [InlineData("sha256:abc")]
    [InlineData("sha256:")]
    [InlineData("-x")]
    [InlineData(".hidden")]
    [InlineData("a+b")]
    [InlineData("---")]
    public async Task A_malformed_reference_names_nothing(string reference)
    {
        var repository = await shared.RepositoryAsync();
        await repository.PushImageAsync();

        (await repository.GetAsync($"manifests/{reference}")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
    }

    [Fact]
    public async Task Who_has_the_manifest_is_not_sent_it_again()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.PushImageAsync("v1");

        foreach (var tag in new[] { $"\"{image.Digest}\"", image.Digest.Value })
        {
            var answer = (await repository.GetAsync("manifests/v1", ("If-None-Match", tag))).Is(HttpStatusCode.NotModified);
            Assert.Empty(answer.Body);
            (await repository.HeadAsync("manifests/v1", ("If-None-Match", tag))).Is(HttpStatusCode.NotModified);
        }

        (await repository.GetAsync("manifests/v1", ("If-None-Match", $"\"{Digest.Of("old"u8)}\""))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_blob_is_no_manifest_and_a_manifest_no_blob()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.PushImageAsync();
        var blob = await repository.PushBlobAsync(Content.Random());

        (await repository.GetAsync($"manifests/{blob.Digest}")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
        (await repository.GetAsync($"blobs/{image.Digest}")).Refuses(HttpStatusCode.NotFound, "BLOB_UNKNOWN");
    }
}
