using Harbor.Integration.Content;
using Harbor.Platform.Diagnostics;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Api;

/// <summary>An index is pushed, or a tag moved, while the management API deletes what it needs: one of the two fails.</summary>
public sealed class ArtifactDeletionRaceTests : IAsyncLifetime
{
    private static readonly TestImage Child = TestImage.Of("child", TestImage.Bytes(1));
    private static readonly TestImage Other = TestImage.Of("other", TestImage.Bytes(2));
    private static readonly TestManifest Index = TestManifest.Index(Child.Manifest);

    private readonly HoldingPoints points = new();
    private TestHarbor harbor = null!;
    private ContentRepository web = null!;

    public async ValueTask InitializeAsync()
    {
        harbor = await TestHarbor.StartAsync(new TestHarborOptions { Services = services => services.AddSingleton<PausePoints>(points) });
        web = new ContentRepository(harbor, await harbor.ProjectAsync(), "web");
        await web.Registry.PushAsync(Child, "child");
    }

    public async ValueTask DisposeAsync()
    {
        web.Dispose();
        await harbor.DisposeAsync();
    }

    [Theory]
    [InlineData("/artifacts/child", 412)]
    [InlineData("", 200)]
    public async Task A_deletion_waits_for_the_index_that_is_being_pushed(string path, int status)
    {
        var stored = points.HoldAt("manifest.stored");
        var pushing = PushAsync(Index, "v1");
        await stored.ReachedAsync();
        var deleting = web.DeleteAsync(path);
        await WaitsAsync(deleting);
        stored.Release();

        Assert.Equal((201, status), (await pushing, (await deleting).Status));
        Assert.Equal(status == 412, await web.Registry.GetAsync("manifests/v1") is not null);
        await ContentRepository.AuditAsync(harbor);
    }

    [Theory]
    [InlineData("/artifacts/child")]
    [InlineData("")]
    public async Task An_index_waits_for_the_deletion_of_its_child_and_then_names_what_is_missing(string path)
    {
        var hidden = points.HoldAt("delete.hidden");
        var deleting = web.DeleteAsync(path);
        await hidden.ReachedAsync();
        var pushing = PushAsync(Index, "v1");
        await WaitsAsync(pushing);
        hidden.Release();

        Assert.Equal((404, 200), (await pushing, (await deleting).Status));
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task Deleting_by_a_tag_that_is_being_moved_deletes_what_it_names_in_the_end()
    {
        await web.Registry.PushAsync(Other);
        var tagged = points.HoldAt("manifest.tagged");
        var moving = PushAsync(Other.Manifest, "child");
        await tagged.ReachedAsync();
        var deleting = web.DeleteAsync("/artifacts/child");
        await WaitsAsync(deleting);
        tagged.Release();

        Assert.Equal((201, 200), (await moving, (await deleting).Status));
        Assert.Null(await web.Registry.GetAsync($"manifests/{Other.Manifest.Digest}"));
        Assert.NotNull(await web.Registry.GetAsync($"manifests/{Child.Manifest.Digest}"));
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task A_tag_that_is_being_moved_is_not_deleted_from_the_artifact_that_it_leaves()
    {
        await web.Registry.PushAsync(Other);
        var tagged = points.HoldAt("manifest.tagged");
        var moving = PushAsync(Other.Manifest, "child");
        await tagged.ReachedAsync();
        var deleting = web.DeleteAsync($"/artifacts/{Child.Manifest.Digest}/tags/child");
        await WaitsAsync(deleting);
        tagged.Release();

        Assert.Equal((201, 404), (await moving, (await deleting).Status));
        Assert.Equal(Other.Manifest.Content, await web.Registry.GetAsync("manifests/child"));
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task A_tag_given_to_what_is_being_deleted_is_refused()
    {
        var hidden = points.HoldAt("delete.hidden");
        var deleting = web.DeleteAsync("/artifacts/child");
        await hidden.ReachedAsync();
        var tagging = harbor.Admin.CallAsync(HttpMethod.Post, $"{web.Artifacts}/{Child.Manifest.Digest}/tags", new { name = "new" });
        await WaitsAsync(tagging);
        hidden.Release();

        using var told = await tagging;
        Assert.Equal((200, 404), ((await deleting).Status, (int)told.StatusCode));
        await ContentRepository.AuditAsync(harbor);
    }

    private async Task<int> PushAsync(TestManifest manifest, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/v2/{web.Name}/manifests/{tag}") { Content = new ByteArrayContent(manifest.Content) };
        request.Content.Headers.ContentType = new(manifest.MediaType);
        using var answer = await harbor.Admin.SendAsync(request);
        return (int)answer.StatusCode;
    }

    // Until somebody waits for a row's lock, or the task ends instead.
    private async Task WaitsAsync(Task task)
    {
        const string waiting = """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event IN ('transactionid', 'tuple')
            """;
        while (!task.IsCompleted && (long)(await harbor.Database.QueryAsync(waiting))! == 0)
        {
            await Task.WhenAny(task, Task.Delay(5));
        }
    }
}
