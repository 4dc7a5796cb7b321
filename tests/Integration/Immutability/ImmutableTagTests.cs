using Harbor.Integration.Api;
using Harbor.Integration.Content;
using Xunit;

namespace Harbor.Integration.Immutability;

/// <summary>What a rule keeps from happening to a tag, whichever way it is tried.</summary>
public sealed class ImmutableTagTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly TestImage One = TestImage.Of("one", TestImage.Bytes(1));
    private static readonly TestImage Two = TestImage.Of("two", TestImage.Bytes(2));

    [Fact]
    public async Task A_tag_is_pushed_once_and_then_neither_moved_nor_pushed_again()
    {
        using var web = await RepositoryAsync("v*");
        await web.PushAsync(One, "v1");
        await web.PushAsync(One, "latest");
        await web.PushAsync(Two);

        Assert.Equal((412, "PRECONDITION", "Failed to process request due to 'web:v1' configured as immutable."), await PushAsync(web, Two.Manifest, "manifests/v1"));
        Assert.Equal(412, (await PushAsync(web, One.Manifest, "manifests/v1")).Status);
        Assert.Equal(412, (await PushAsync(web, Two.Manifest, $"manifests/{Two.Manifest.Digest}?tag=v2&tag=v1")).Status);
        Assert.Equal((201, "", ""), await PushAsync(web, Two.Manifest, "manifests/latest"));
        Assert.Equal((201, "", ""), await PushAsync(web, One.Manifest, $"manifests/{One.Manifest.Digest}"));

        Assert.Equal(One.Manifest.Content, await web.GetAsync("manifests/v1"));
        Assert.Null(await web.GetAsync("manifests/v2"));
        Assert.Equal(Two.Manifest.Content, await web.GetAsync("manifests/latest"));
    }

    [Fact]
    public async Task The_tag_comes_before_what_is_missing()
    {
        using var web = await RepositoryAsync("v*");
        await web.PushAsync(One, "v1");

        Assert.Equal(412, (await PushAsync(web, TestImage.Of("never uploaded", TestImage.Bytes(3)).Manifest, "manifests/v1")).Status);
    }

    [Fact]
    public async Task Neither_the_tag_nor_its_artifact_nor_the_repository_is_deleted()
    {
        using var web = await RepositoryAsync("v*");
        await web.PushAsync(One, "v1");
        await web.PushAsync(One, "free");
        await web.PushAsync(Two, "other");
        var (repository, digest) = (RepositoryPath(web), One.Manifest.Digest);
        (int, string, string) refused = (412, "PRECONDITION", "the tag v1 configured as immutable, cannot be deleted");

        Assert.Equal(refused, await DeleteAsync($"{repository}/artifacts/v1/tags/v1"));
        Assert.Equal(refused, await DeleteAsync($"{repository}/artifacts/v1"));
        Assert.Equal(refused, await DeleteAsync($"{repository}/artifacts/free"));
        Assert.Equal(refused, await DeleteAsync($"{repository}/artifacts/{digest}"));
        Assert.Equal(refused, await DeleteAsync(repository));
        Assert.Equal(refused, await DeleteAsync($"/v2/{web.Repository}/manifests/{digest}"));
        Assert.Equal((200, "", ""), await DeleteAsync($"{repository}/artifacts/v1/tags/free"));
        Assert.Equal((200, "", ""), await DeleteAsync($"{repository}/artifacts/other"));
        Assert.Equal(One.Manifest.Content, await web.GetAsync("manifests/v1"));
    }

    [Fact]
    public async Task An_accessory_with_an_immutable_tag_keeps_its_subject()
    {
        using var web = await RepositoryAsync("*.sig");
        var signature = TestManifest.Signature(One.Manifest, TestImage.Bytes(4));
        await web.PushAsync(One, "v1");
        await web.PutAsync(TestImage.Empty);
        await web.PutAsync(TestImage.Bytes(4));
        await web.PushAsync(signature, "mine.sig");

        Assert.Equal("the tag mine.sig configured as immutable, cannot be deleted", (await DeleteAsync($"{RepositoryPath(web)}/artifacts/v1")).Message);
        Assert.NotNull(await web.GetAsync("manifests/v1"));
    }

    [Fact]
    public async Task A_rule_that_is_switched_off_or_deleted_keeps_nothing()
    {
        using var web = await RepositoryAsync();
        var project = web.Repository.Split('/')[0];
        var id = await RuleTests.MakeAsync(api.Admin, project, RuleTests.Rule("v*"));
        await web.PushAsync(One, "v1");
        await web.PushAsync(Two);
        Assert.Equal(412, (await PushAsync(web, Two.Manifest, "manifests/v1")).Status);

        using (var off = await api.Admin.CallAsync(HttpMethod.Put, $"{RuleTests.Path(project)}/{id}", RuleTests.Rule("v*", id: id, disabled: true)))
        {
            Assert.Equal(200, (int)off.StatusCode);
        }

        Assert.Equal(201, (await PushAsync(web, Two.Manifest, "manifests/v1")).Status);
        using (var on = await api.Admin.CallAsync(HttpMethod.Put, $"{RuleTests.Path(project)}/{id}", RuleTests.Rule("v*", id: id)))
        {
            Assert.Equal(200, (int)on.StatusCode);
        }

        Assert.Equal(412, (await PushAsync(web, One.Manifest, "manifests/v1")).Status);
        Assert.Equal(200, (await DeleteAsync($"{RuleTests.Path(project)}/{id}")).Status);
        Assert.Equal(200, (await DeleteAsync($"{RepositoryPath(web)}/artifacts/v1")).Status);
    }

    [Fact]
    public async Task Tags_tell_whether_they_are_immutable_when_asked()
    {
        using var web = await RepositoryAsync("v*");
        await web.PushAsync(One, "v1");
        await web.PushAsync(One, "latest");
        var artifacts = $"{RepositoryPath(web)}/artifacts";

        Assert.Equal([("latest", false), ("v1", true)], Told(await api.Admin.JsonAsync($"{artifacts}/v1/tags?with_immutable_status=true&sort=name")));
        Assert.Equal([("latest", false), ("v1", false)], Told(await api.Admin.JsonAsync($"{artifacts}/v1/tags?sort=name")));
        Assert.Equal([("latest", false), ("v1", true)], Told((await api.Admin.JsonAsync($"{artifacts}?with_immutable_status=true"))[0]!["tags"]!));
        Assert.Equal([("latest", false), ("v1", true)], Told((await api.Admin.JsonAsync($"{artifacts}/v1?with_immutable_status=true"))["tags"]!));
        Assert.Equal([("latest", false), ("v1", false)], Told((await api.Admin.JsonAsync($"{artifacts}/v1"))["tags"]!));

        static IEnumerable<(string, bool)> Told(System.Text.Json.Nodes.JsonNode tags) =>
            tags.AsArray().Select(tag => ((string)tag!["name"]!, (bool)tag["immutable"]!)).OrderBy(tag => tag.Item1, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_rule_is_for_the_repositories_that_it_names()
    {
        var project = await api.ProjectAsync();
        await RuleTests.MakeAsync(api.Admin, project, RuleTests.Rule("**", "team/**"));
        using var kept = new RegistryClient(api.Harbor.Url, $"{project}/team/web");
        using var free = new RegistryClient(api.Harbor.Url, $"{project}/web");
        foreach (var repository in (RegistryClient[])[kept, free])
        {
            await repository.PushAsync(One, "v1");
            await repository.PushAsync(Two);
        }

        Assert.Equal("Failed to process request due to 'team/web:v1' configured as immutable.", (await PushAsync(kept, Two.Manifest, "manifests/v1")).Message);
        Assert.Equal(201, (await PushAsync(free, Two.Manifest, "manifests/v1")).Status);
    }

    private async Task<RegistryClient> RepositoryAsync(string? immutable = null)
    {
        var project = await api.ProjectAsync();
        if (immutable is not null)
        {
            await RuleTests.MakeAsync(api.Admin, project, RuleTests.Rule(immutable));
        }

        return new RegistryClient(api.Harbor.Url, $"{project}/web");
    }

    private static string RepositoryPath(RegistryClient web) => $"/api/v2.0/projects/{web.Repository.Split('/')[0]}/repositories/web";

    private async Task<(int Status, string Code, string Message)> PushAsync(RegistryClient repository, TestManifest manifest, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/v2/{repository.Repository}/{path}") { Content = new ByteArrayContent(manifest.Content) };
        request.Content.Headers.ContentType = new(manifest.MediaType);
        using var answer = await api.Admin.SendAsync(request);
        return answer.IsSuccessStatusCode ? ((int)answer.StatusCode, "", "") : await answer.RefusalAsync();
    }

    private async Task<(int Status, string Code, string Message)> DeleteAsync(string path)
    {
        using var answer = await api.Admin.DeleteAsync(path);
        return answer.IsSuccessStatusCode ? ((int)answer.StatusCode, "", "") : await answer.RefusalAsync();
    }
}
