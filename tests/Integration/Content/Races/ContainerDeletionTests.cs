using System.Text;
using Harbor.Modules.Access;
using Harbor.Modules.Artifacts;
using Harbor.Modules.Projects;
using Xunit;

namespace Harbor.Integration.Content.Races;

/// <summary>A project or a repository is deleted while a push into it runs: one waits for the other, and then fails or finds the other's work.</summary>
public sealed class ContainerDeletionTests : IAsyncLifetime
{
    private static readonly TestImage Image = TestImage.Of("raced", TestImage.Bytes(1));

    private ContentHost host = null!;
    private RepositoryScope web = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ContentHost.StartAsync();
        await host.ProjectAsync("team");
        web = await host.RepositoryAsync("team/web");
        foreach (var blob in Image.Blobs)
        {
            await host.UploadAsync(web, blob);
        }
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_deletion_of_a_project_waits_for_a_push_into_it_and_then_refuses()
    {
        Assert.Equal((Outcome.Done, "PRECONDITION"), await PushFirstAsync(DeleteProjectAsync));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_push_waits_for_the_deletion_of_its_project_and_then_fails()
    {
        var (pushed, deleted) = await DeleteProjectFirstAsync(() => host.PushAsync(web, Image.Manifest, "v1"));

        Assert.Equal(("NOT_FOUND", Outcome.Done), (pushed, deleted));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task An_upload_waits_for_the_deletion_of_its_project_and_then_fails_and_leaves_nothing()
    {
        var (uploaded, deleted) = await DeleteProjectFirstAsync(() => host.UploadAsync(web, TestImage.Bytes(9)));

        Assert.Equal(("NOT_FOUND", Outcome.Done), (uploaded, deleted));
        await host.Testing.ShiftClockAsync(TimeSpan.FromMinutes(1));
        await host.Eraser.EraseDueAsync(CancellationToken.None);
        Assert.Equal(Image.Blobs.Count(), host.Audit.Files().Count());
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task Without_its_lock_a_push_would_be_acknowledged_in_a_deleted_project()
    {
        host.Rewrite("SELECT deleted FROM project WHERE id = $1 FOR KEY SHARE", "SELECT deleted FROM project WHERE id = $1");

        Assert.Equal((Outcome.Done, Outcome.Done), await PushFirstAsync(DeleteProjectAsync));
        Assert.Contains(await host.Audit.FindAsync(), finding => finding.Contains("visible in deleted project", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_deletion_of_a_repository_waits_for_a_push_into_it_and_takes_the_artifact_along()
    {
        await host.PushImageAsync(web, TestImage.Of("there before", TestImage.Bytes(2)), "v0");

        Assert.Equal((Outcome.Done, Outcome.Done), await PushFirstAsync(DeleteRepositoryAsync));

        Assert.Null(await TagsAsync());
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_push_waits_for_the_deletion_of_its_repository_and_then_begins_it_anew()
    {
        await host.PushImageAsync(web, TestImage.Of("there before", TestImage.Bytes(2)), "v0");
        var held = host.Points.HoldAt("delete.repository-held");
        var deleting = Outcome.OfAsync(DeleteRepositoryAsync());
        await held.ReachedAsync();
        var pushing = Outcome.OfAsync(host.PushAsync(web, Image.Manifest, "v1"));
        Assert.True(await host.WaitsAsync(pushing));
        held.Release();

        Assert.Equal((Outcome.Done, Outcome.Done), (await pushing, await deleting));
        Assert.Equal("""["v1"]""", await TagsAsync());
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task Without_its_lock_a_push_would_be_missed_by_the_deletion_of_its_repository()
    {
        await host.PushImageAsync(web, TestImage.Of("there before", TestImage.Bytes(2)), "v0");
        host.Rewrite("SELECT 1 FROM repository WHERE id = $1 FOR KEY SHARE", "SELECT 1 FROM repository WHERE id = $1");

        // The artifact's own foreign key would make the deletion wait as well: it is the last defence, and out here.
        await host.Testing.QueryAsync("ALTER TABLE artifact DROP CONSTRAINT artifact_repository_id_fkey");
        Assert.Equal((Outcome.Done, Outcome.Done), await PushFirstAsync(DeleteRepositoryAsync));

        Assert.Equal("""["v1"]""", await TagsAsync());
    }

    // The names as JSON; null when the repository has nothing visible.
    private async Task<string?> TagsAsync() =>
        await host.Listing.TagsAsync(web, null, 10, CancellationToken.None) is { } page ? Encoding.UTF8.GetString(page.Json) : null;

    private async Task<(string Push, string Deletion)> PushFirstAsync(Func<Task> delete)
    {
        var stored = host.Points.HoldAt("manifest.stored");
        var pushing = Outcome.OfAsync(host.PushAsync(web, Image.Manifest, "v1"));
        await stored.ReachedAsync();
        var deleting = Outcome.OfAsync(delete());
        await host.WaitsAsync(deleting);
        stored.Release();
        return (await pushing, await deleting);
    }

    // The deletion is held when it has looked for repositories and not yet written anything.
    private async Task<(string Push, string Deletion)> DeleteProjectFirstAsync(Func<Task> push)
    {
        await using var holder = await AdvisoryLock.TakeAsync(host.Testing);
        const string Last = "deleted = true, update_time = harbor_now() WHERE id = $1";
        host.Rewrite(Last, $"{Last} AND {AdvisoryLock.Wait}");
        var deleting = Outcome.OfAsync(DeleteProjectAsync());
        await holder.AwaitedAsync();
        var pushing = Outcome.OfAsync(push());
        Assert.True(await host.WaitsAsync(pushing));
        await holder.ReleaseAsync();
        return (await pushing, await deleting);
    }

    private async Task DeleteProjectAsync()
    {
        var scope = await ProjectScope.FindAsync(web.Caller, web.Project, Resource.Self, AccessAction.Delete, CancellationToken.None);
        await new ProjectChanges(host.Database, host.Feed, []).DeleteAsync(scope!, CancellationToken.None);
    }

    private Task DeleteRepositoryAsync() => host.Deletions.DeleteRepositoryAsync(web, "test", CancellationToken.None);
}
