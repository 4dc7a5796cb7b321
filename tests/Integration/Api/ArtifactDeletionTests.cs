using System.Net;
using Harbor.Integration.Content;
using Harbor.Modules.Access;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Api;

/// <summary>Deleting artifacts and repositories, on real content.</summary>
public sealed class ArtifactDeletionTests : IAsyncLifetime
{
    private static readonly TestImage One = TestImage.Of("one", TestImage.Bytes(1));
    private static readonly TestImage Two = TestImage.Of("two", TestImage.Bytes(2));

    private TestHarbor harbor = null!;
    private ApiFixture api = null!;

    public async ValueTask InitializeAsync()
    {
        harbor = await TestHarbor.StartAsync();
        api = new ApiFixture(harbor);
    }

    public ValueTask DisposeAsync() => harbor.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_artifact_goes_with_all_its_tags_by_whichever_name_it_is_called(bool byTag)
    {
        using var web = await RepositoryAsync("team/web");
        await web.Registry.PushAsync(One, "v1");
        await web.Registry.PushAsync(One, "v2");
        await web.Registry.PushAsync(Two, "other");

        Assert.Equal((200, ""), await web.DeleteAsync($"/artifacts/{(byTag ? "v2" : One.Manifest.Digest.Value)}"));

        Assert.Equal([("other", Two.Manifest.Digest.Value)], await web.TagsAsync());
        Assert.Null(await web.Registry.GetAsync("manifests/v1"));
        Assert.Null(await web.Registry.GetAsync($"manifests/{One.Manifest.Digest}"));
        Assert.Equal(404, (await web.DeleteAsync("/artifacts/v2")).Status);
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task What_belongs_to_an_artifact_goes_with_it_and_what_others_need_stays()
    {
        using var web = await RepositoryAsync();
        await web.Registry.PushAsync(One);
        await web.Registry.PushAsync(Two, "two");
        var index = TestManifest.Index(One.Manifest, Two.Manifest);
        await web.Registry.PushAsync(index, "all");
        var signature = await SignAsync(web, index);

        Assert.Equal((412, "the deleting artifact is referenced by others"), await web.DeleteAsync($"/artifacts/{One.Manifest.Digest}"));
        Assert.Equal((200, ""), await web.DeleteAsync("/artifacts/all"));

        Assert.Null(await web.Registry.GetAsync($"manifests/{signature.Digest}"));
        Assert.Null(await web.Registry.GetAsync($"manifests/{One.Manifest.Digest}"));
        Assert.Equal([("two", Two.Manifest.Digest.Value)], await web.TagsAsync());
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task An_accessory_alone_is_deleted_by_its_digest()
    {
        using var web = await RepositoryAsync();
        await web.Registry.PushAsync(One, "v1");
        var signature = await SignAsync(web, One.Manifest);
        Assert.Equal([signature.Digest.Value], (await harbor.Admin.JsonAsync($"{web.Artifacts}/v1/accessories")).Names("digest"));

        Assert.Equal((200, ""), await web.DeleteAsync($"/artifacts/{signature.Digest}"));

        Assert.Empty((await harbor.Admin.JsonAsync($"{web.Artifacts}/v1/accessories")).AsArray());
        Assert.NotNull(await web.Registry.GetAsync("manifests/v1"));
    }

    [Fact]
    public async Task Labels_do_not_come_back_when_what_was_deleted_is_pushed_again()
    {
        using var web = await RepositoryAsync();
        await web.Registry.PushAsync(One, "v1");
        using var made = await harbor.Admin.CallAsync(HttpMethod.Post, "/api/v2.0/labels", new { name = "red", scope = "g" });
        using var added = await harbor.Admin.CallAsync(HttpMethod.Post, $"{web.Artifacts}/v1/labels", new { id = made.IdIn() });
        Assert.Equal(HttpStatusCode.OK, added.StatusCode);
        await web.DeleteAsync("/artifacts/v1");

        Assert.Empty((await harbor.Admin.JsonAsync($"{web.Artifacts}?q=labels%3D({made.IdIn()})")).AsArray());
        await web.Registry.PushAsync(One.Manifest, "v1");

        Assert.Null((await harbor.Admin.JsonAsync($"{web.Artifacts}/v1?with_label=true"))["labels"]);
    }

    [Fact]
    public async Task A_repository_goes_with_everything_in_it()
    {
        using var web = await RepositoryAsync("team/web");
        await web.Registry.PushAsync(One);
        await web.Registry.PushAsync(Two, "two");
        await web.Registry.PushAsync(TestManifest.Index(One.Manifest, Two.Manifest), "all");

        Assert.Equal((200, ""), await web.DeleteAsync(""));

        Assert.Equal(404, (await harbor.Admin.RefusalAsync(web.Path)).Status);
        Assert.Empty((await harbor.Admin.JsonAsync(web.Artifacts)).AsArray());
        Assert.Equal(404, (await web.DeleteAsync("")).Status);
        Assert.Equal(0L, await harbor.Database.QueryAsync($"SELECT used FROM quota JOIN project ON project.id = project_id WHERE name = '{web.Project}'"));
        await ContentRepository.AuditAsync(harbor);
        await web.Registry.PushAsync(One, "again");
        Assert.Equal([("again", One.Manifest.Digest.Value)], await web.TagsAsync());
    }

    [Fact]
    public async Task Who_may_only_push_deletes_nothing()
    {
        using var web = await RepositoryAsync();
        await web.Registry.PushAsync(One, "v1");
        var developer = await api.MemberAsync(web.Project, Role.Developer);
        var foreigner = await api.MemberAsync(await api.ProjectAsync(), Role.ProjectAdmin);

        foreach (var (client, status) in (IEnumerable<(HttpClient, int)>)[(developer, 403), (foreigner, 403), (harbor.Anonymous, 401)])
        {
            Assert.Equal(status, (await web.DeleteAsync("/artifacts/v1", client)).Status);
            Assert.Equal(status, (await web.DeleteAsync("", client)).Status);
            Assert.Equal(status, (await web.DeleteAsync("/artifacts/v1/tags/v1", client)).Status);
        }

        Assert.NotNull(await web.Registry.GetAsync("manifests/v1"));
    }

    [Theory]
    [InlineData("/artifacts/nothing")]
    [InlineData("/artifacts/sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("/artifacts/sha256:short")]
    [InlineData("/artifacts/..%252F..")]
    [InlineData("/artifacts/v1/tags/nothing")]
    [InlineData("x/artifacts/v1")]
    [InlineData("x")]
    [InlineData("%2500")]
    public async Task What_is_not_there_is_not_found(string path)
    {
        using var web = await RepositoryAsync();
        await web.Registry.PushAsync(One, "v1");

        Assert.Equal(404, (await web.DeleteAsync(path)).Status);
        Assert.NotNull(await web.Registry.GetAsync("manifests/v1"));
    }

    private async Task<ContentRepository> RepositoryAsync(string name = "web") => new(harbor, await api.ProjectAsync(), name);

    private static async Task<TestManifest> SignAsync(ContentRepository repository, TestManifest subject)
    {
        var signature = TestManifest.Signature(subject, TestImage.Bytes(9));
        await repository.Registry.PutAsync(TestImage.Empty);
        await repository.Registry.PutAsync(TestImage.Bytes(9));
        await repository.Registry.PushAsync(signature);
        return signature;
    }
}
