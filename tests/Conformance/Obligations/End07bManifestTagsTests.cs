using System.Net;
using Harbor.Conformance.Registry;
using Xunit;

namespace Harbor.Conformance.Obligations;

/// <summary>end-7b: PUT of a manifest by digest, with tags in the query.</summary>
public sealed class End07bManifestTagsTests(SharedHarbor shared)
{
    [Fact]
    public async Task A_manifest_pushed_by_digest_gets_all_tags_at_once()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.ImageAsync();

        var answer = (await repository.PutManifestAsync($"{image.Digest}?tag=v1&tag=v1.0&tag=latest", image)).Is(HttpStatusCode.Created);

        Assert.Equal(["v1", "v1.0", "latest"], answer.Headers["OCI-Tag"].SelectMany(tags => tags.Split(',')).Select(tag => tag.Trim()));
        foreach (var tag in new[] { "v1", "v1.0", "latest" })
        {
            Assert.Equal(image.Bytes, (await repository.GetAsync($"manifests/{tag}")).Is(HttpStatusCode.OK).Body);
        }
    }

    [Fact]
    public async Task One_wrong_tag_refuses_them_all()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.ImageAsync();

        (await repository.PutManifestAsync($"{image.Digest}?tag=good&tag=-bad", image)).Refuses(HttpStatusCode.BadRequest, "BAD_REQUEST");

        (await repository.GetAsync("manifests/good")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
        (await repository.GetAsync($"manifests/{image.Digest}")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
    }

    [Fact]
    public async Task More_tags_than_the_server_takes_are_too_long_a_request()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.ImageAsync();
        string Query(int count) => string.Join('&', Enumerable.Range(0, count).Select(number => $"tag=t{number}"));

        (await repository.PutManifestAsync($"{image.Digest}?{Query(10)}", image)).Is(HttpStatusCode.Created);
        (await repository.PutManifestAsync($"{image.Digest}?{Query(1000)}", image)).Refuses(HttpStatusCode.RequestUriTooLong, "URI_TOO_LONG");
    }

    [Fact]
    public async Task A_push_by_tag_takes_no_other_tags()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.ImageAsync();

        Assert.Null((await repository.PutManifestAsync("v1?tag=v2", image)).Is(HttpStatusCode.Created).Header("OCI-Tag"));

        (await repository.GetAsync("manifests/v2")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
    }
}
