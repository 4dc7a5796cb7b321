using Harbor.Modules.Artifacts;
using Xunit;

namespace Harbor.Integration.Content.Races;

/// <summary>A project shows as many repositories as a recount finds, whoever pushes and deletes at once.</summary>
public sealed class KnownVisibleTests : IAsyncLifetime
{
    private const string Recount = """
        SELECT count(*) FROM repository WHERE project_id = 1
        AND EXISTS (SELECT 1 FROM artifact WHERE artifact.repository_id = repository.id AND artifact.deletion_id IS NULL)
        """;

    private static readonly TestImage First = TestImage.Of("first", TestImage.Bytes(1));
    private static readonly TestImage Second = TestImage.Of("second", TestImage.Bytes(2));

    private ContentHost host = null!;
    private RepositoryScope web = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ContentHost.StartAsync();
        web = await host.RepositoryAsync();
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_push_makes_its_repository_known_and_the_deletion_of_the_last_artifact_takes_that_back()
    {
        await host.PushImageAsync(web, First, "v1");
        await host.PushImageAsync(web, Second, "v2");
        Assert.Equal((1, true), (await CountedAsync(), await KnownAsync()));

        await host.DeleteAsync(web, First.Manifest);
        Assert.Equal((1, true), (await CountedAsync(), await KnownAsync()));

        await host.DeleteAsync(web, Second.Manifest);
        Assert.Equal((0, false), (await CountedAsync(), await KnownAsync()));

        await host.PushAsync(web, First.Manifest, "v1");
        Assert.Equal((1, true), (await CountedAsync(), await KnownAsync()));
    }

    [Fact]
    public async Task An_upload_and_a_refused_push_show_nothing()
    {
        await host.UploadAsync(web, TestImage.Bytes(3));
        Assert.Equal("MANIFEST_BLOB_UNKNOWN", await Outcome.OfAsync(host.PushAsync(web, First.Manifest, "v1")));

        Assert.Equal((0, false), (await CountedAsync(), await KnownAsync()));
    }

    [Fact]
    public async Task A_push_that_saw_an_artifact_whose_deletion_was_under_way_is_counted()
    {
        await host.PushImageAsync(web, First, "v1");
        var hidden = host.Points.HoldAt("delete.hidden");
        var deleting = host.DeleteAsync(web, First.Manifest);
        await hidden.ReachedAsync();

        // It finds its repository marked still, and commits before the mark goes.
        await host.PushImageAsync(web, Second, "v2");
        hidden.Release();
        await deleting;

        Assert.Equal(1, await CountedAsync());
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_deletion_that_saw_no_other_artifact_leaves_a_push_under_way_counted()
    {
        await host.PushImageAsync(web, First, "v1");
        var stored = host.Points.HoldAt("manifest.stored");
        var pushing = host.PushImageAsync(web, Second, "v2");
        await stored.ReachedAsync();

        await host.DeleteAsync(web, First.Manifest);
        Assert.Equal(0, await CountedAsync());
        stored.Release();
        await pushing;

        Assert.Equal(1, await CountedAsync());
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task Whatever_is_pushed_and_deleted_at_once_a_recount_finds_what_is_counted()
    {
        var repositories = new List<RepositoryScope>();
        foreach (var name in (string[])["library/a", "library/b", "library/c"])
        {
            var repository = await host.RepositoryAsync(name);
            await host.PushImageAsync(repository, First);
            await host.PushImageAsync(repository, Second);
            repositories.Add(repository);
        }

        for (var round = 0; round < 8; round++)
        {
            await Task.WhenAll(
                from repository in repositories
                from image in (TestImage[])[First, Second]
                from act in (Func<Task>[])[() => host.DeleteAsync(repository, image.Manifest), () => host.PushImageAsync(repository, image)]
                select Outcome.OfAsync(act()));
            Assert.Equal(await host.Testing.QueryAsync(Recount), await CountedAsync());
        }

        await Task.WhenAll(from repository in repositories from image in (TestImage[])[First, Second] select Outcome.OfAsync(host.DeleteAsync(repository, image.Manifest)));
        Assert.Equal(0, await CountedAsync());
        Assert.Empty(await host.Audit.FindAsync());
    }

    private Task<long> CountedAsync() => new RepositoryCounts(host.Database).OfProjectAsync(web.Project.Id, CancellationToken.None);

    private async Task<bool> KnownAsync() =>
        (bool)(await host.Testing.QueryAsync($"SELECT known_visible FROM repository WHERE name = '{web.Name.Value}'"))!;
}
