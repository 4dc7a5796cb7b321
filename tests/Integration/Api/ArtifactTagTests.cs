using Harbor.Integration.Content;
using Harbor.Modules.Access;
using Xunit;

namespace Harbor.Integration.Api;

/// <summary>Giving tags and taking them away.</summary>
public sealed class ArtifactTagTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly TestImage One = TestImage.Of("one", TestImage.Bytes(1));
    private static readonly TestImage Two = TestImage.Of("two", TestImage.Bytes(2));

    [Fact]
    public async Task A_new_tag_names_the_artifact_at_once()
    {
        using var web = await RepositoryAsync();
        using var made = await api.Admin.CallAsync(HttpMethod.Post, $"{web.Artifacts}/v1/tags", new { name = "v1.0_final" });

        Assert.Equal((201, null, ""), ((int)made.StatusCode, made.Headers.Location, await made.BodyAsync()));
        Assert.Equal(One.Manifest.Content, await web.Registry.GetAsync("manifests/v1.0_final"));
        Assert.Equal(201, await CreateAsync(web, One.Manifest.Digest.Value, "by-digest"));
    }

    [Fact]
    public async Task A_tag_that_the_repository_has_is_never_moved_so()
    {
        using var web = await RepositoryAsync();
        await web.Registry.PushAsync(Two, "v2");
        var repositoryId = (long)(await api.Admin.JsonAsync($"{web.Artifacts}/v1/tags"))[0]!["repository_id"]!;

        using var taken = await api.Admin.CallAsync(HttpMethod.Post, $"{web.Artifacts}/v1/tags", new { name = "v2" });

        Assert.Equal((409, "CONFLICT", $"tag v2 already exists under the repository {repositoryId}"), await taken.RefusalAsync());
        Assert.Equal(409, await CreateAsync(web, "v1", "v1"));
        Assert.Equal(Two.Manifest.Content, await web.Registry.GetAsync("manifests/v2"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a:b")]
    [InlineData("é")]
    [InlineData(null)]
    public async Task What_is_no_tag_is_a_bad_request(string? name)
    {
        using var web = await RepositoryAsync();
        using var refused = await api.Admin.CallAsync(HttpMethod.Post, $"{web.Artifacts}/v1/tags", new { name });

        Assert.Equal((400, "BAD_REQUEST", $"bad request: invalid tag name: {name}"), await refused.RefusalAsync());
    }

    [Fact]
    public async Task Of_many_who_make_one_tag_at_once_one_succeeds()
    {
        using var web = await RepositoryAsync();

        var told = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CreateAsync(web, "v1", "new")));

        Assert.Equal([201, .. Enumerable.Repeat(409, 7)], told.Order());
    }

    [Fact]
    public async Task A_deleted_tag_is_gone_at_once_its_artifact_stays_and_the_name_is_free()
    {
        using var web = await RepositoryAsync();
        Assert.NotNull(await web.Registry.GetAsync("manifests/v1"));
        await api.Harbor.Database.QueryAsync("UPDATE artifact SET touched_at = now() - interval '1 day'");

        Assert.Equal((200, ""), await web.DeleteAsync("/artifacts/v1/tags/v1"));

        Assert.Null(await web.Registry.GetAsync("manifests/v1"));
        Assert.Equal(One.Manifest.Content, await web.Registry.GetAsync($"manifests/{One.Manifest.Digest}"));
        var artifact = Assert.Single((await api.Admin.JsonAsync(web.Artifacts)).AsArray())!;
        Assert.Null(artifact["tags"]);
        Assert.Equal(true, await api.Harbor.Database.QueryAsync($"SELECT touched_at > now() - interval '1 hour' FROM artifact WHERE id = {artifact["id"]}"));
        Assert.Equal("v1 api admin", await api.Harbor.Database.QueryAsync(
            $"SELECT name || ' ' || reason || ' ' || deleted_by FROM tag_trash JOIN deletion ON deletion.id = deletion_id WHERE artifact_id = {artifact["id"]}"));
        Assert.Equal(404, (await web.DeleteAsync($"/artifacts/{One.Manifest.Digest}/tags/v1")).Status);
        Assert.Equal(201, await CreateAsync(web, One.Manifest.Digest.Value, "v1"));
        Assert.Equal((200, ""), await web.DeleteAsync("/artifacts/v1/tags/v1"));
    }

    [Fact]
    public async Task A_tag_of_another_artifact_is_not_found_here()
    {
        using var web = await RepositoryAsync();
        await web.Registry.PushAsync(Two, "v2");
        using var other = await RepositoryAsync();

        Assert.Equal(404, (await web.DeleteAsync("/artifacts/v1/tags/v2")).Status);
        Assert.Equal(404, (await other.DeleteAsync("/artifacts/v2/tags/v2")).Status);
        Assert.NotNull(await web.Registry.GetAsync("manifests/v2"));
    }

    [Fact]
    public async Task Developers_tag_and_guests_do_not()
    {
        using var web = await RepositoryAsync();

        Assert.Equal(201, await CreateAsync(web, "v1", "a", await api.MemberAsync(web.Project, Role.Developer)));
        Assert.Equal(403, await CreateAsync(web, "v1", "b", await api.MemberAsync(web.Project, Role.Guest)));
        Assert.Equal(401, await CreateAsync(web, "v1", "b", api.Anonymous));
        Assert.Equal(404, await CreateAsync(web, "v9", "b"));
    }

    private async Task<ContentRepository> RepositoryAsync()
    {
        var web = new ContentRepository(api.Harbor, await api.ProjectAsync(), "web");
        await web.Registry.PushAsync(One, "v1");
        return web;
    }

    private async Task<int> CreateAsync(ContentRepository web, string reference, string name, HttpClient? client = null)
    {
        using var answer = await (client ?? api.Admin).CallAsync(HttpMethod.Post, $"{web.Artifacts}/{reference}/tags", new { name });
        return (int)answer.StatusCode;
    }
}
