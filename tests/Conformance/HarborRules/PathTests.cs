using System.Net;
using Harbor.Conformance.Registry;
using Xunit;

namespace Harbor.Conformance.HarborRules;

/// <summary>Which names and paths there are.</summary>
public sealed class PathTests(SharedHarbor shared)
{
    [Theory]
    [InlineData("GET", "manifests/latest")]
    [InlineData("PUT", "manifests/latest")]
    [InlineData("POST", "blobs/uploads/")]
    [InlineData("GET", "tags/list")]
    public async Task A_name_without_a_project_is_refused_before_anything_else_is_asked(string method, string what)
    {
        foreach (var client in new[] { shared.Harbor.Anonymous, shared.Harbor.Admin })
        {
            var message = (await Answer.ToAsync(client, new HttpMethod(method), $"/v2/busybox/{what}")).Refuses(HttpStatusCode.BadRequest, "BAD_REQUEST");
            Assert.Equal("bad request: invalid repository name: busybox", message);
        }
    }

    [Theory]
    [InlineData("/v2/library/Web/manifests/v1")]
    [InlineData("/v2/LIBRARY/web/manifests/v1")]
    [InlineData("/v2/library/we--b_/manifests/v1")]
    [InlineData("/v2/library/web/nonsense")]
    [InlineData("/v2/library/web")]
    [InlineData("/v2/library")]
    [InlineData("/v2/_catalog/x")]
    [InlineData("/v2/library/web/tags")]
    [InlineData("/v2/library/web/manifests/")]
    [InlineData("/v2/%C3%A9/web/manifests/v1")]
    public async Task A_path_that_is_none_is_refused_without_a_hint(string path)
    {
        var answer = await Answer.ToAsync(shared.Harbor.Admin, HttpMethod.Get, path);

        answer.Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        Assert.Equal("", answer.Header("WWW-Authenticate"));
    }

    [Theory]
    [InlineData("library/web/manifests/v1")]
    [InlineData("library/web/tags/list")]
    [InlineData("library/web/blobs/uploads/")]
    public async Task OPTIONS_of_a_repository_is_refused_without_a_hint(string path)
    {
        var answer = await Answer.ToAsync(shared.Harbor.Admin, HttpMethod.Options, $"/v2/{path}");

        answer.Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
        Assert.Equal("", answer.Header("WWW-Authenticate"));
    }

    [Fact]
    public async Task The_first_version_of_the_protocol_is_not_there() =>
        (await Answer.ToAsync(shared.Harbor.Admin, HttpMethod.Get, "/v1/_ping")).Is(HttpStatusCode.NotFound);

    [Fact]
    public async Task Repeated_slashes_count_as_one()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.PushImageAsync();

        Assert.Equal(image.Bytes, (await repository.GetAsync($"/v2//{repository.Name.Replace("/", "///", StringComparison.Ordinal)}//manifests/v1")).Is(HttpStatusCode.OK).Body);
    }

    [Fact]
    public async Task A_repository_may_be_deep_long_and_named_like_the_protocol()
    {
        var project = (await shared.RepositoryAsync()).Project;
        foreach (var path in new[] { "a/b/c/d/e/f", "manifests/tags/list", "blobs/uploads", "a.b_c__d-e--f", new string('x', 255 - project.Length - 1) })
        {
            var repository = new TestRepository(shared.Harbor, shared.Harbor.Admin, $"{project}/{path}");
            var image = await repository.PushImageAsync();

            Assert.Equal(image.Bytes, (await repository.GetAsync("manifests/v1")).Is(HttpStatusCode.OK).Body);
            Assert.Equal(repository.Name, (await repository.GetAsync("tags/list")).Is(HttpStatusCode.OK).Json.GetProperty("name").GetString());
        }

        (await Answer.ToAsync(shared.Harbor.Admin, HttpMethod.Post, $"/v2/{project}/{new string('x', 255)}/blobs/uploads/")).Refuses(HttpStatusCode.Unauthorized, "UNAUTHORIZED");
    }

    [Fact]
    public async Task A_repository_is_invisible_until_its_first_manifest()
    {
        var repository = await shared.RepositoryAsync();
        var image = await repository.ImageAsync();
        Assert.Empty(await ListedAsync(repository));
        (await repository.GetAsync("tags/list")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");

        await repository.PushManifestAsync("v1", image);
        Assert.Equal([repository.Name], await ListedAsync(repository));

        (await repository.DeleteAsync($"manifests/{image.Digest}")).Is(HttpStatusCode.Accepted);
        Assert.Empty(await ListedAsync(repository));
    }

    private async Task<IEnumerable<string?>> ListedAsync(TestRepository repository) =>
        (await Answer.ToAsync(shared.Harbor.Admin, HttpMethod.Get, $"/api/v2.0/projects/{repository.Project}/repositories")).Is(HttpStatusCode.OK).Json
            .EnumerateArray().Select(listed => listed.GetProperty("name").GetString());
}
