using Harbor.Modules.Artifacts;
using Harbor.Platform.Events;
using Xunit;

namespace Harbor.Integration.Content.Races;

/// <summary>A fact is loaded into memory while another replica changes it: what was loaded before the change does not stay.</summary>
public sealed class CacheFillTests : IAsyncLifetime
{
    private const string ByTag = "WHERE tag.repository_id = $1 AND tag.name = $2";

    private static readonly TestImage Old = TestImage.Of("old", TestImage.Bytes(1));
    private static readonly TestImage New = TestImage.Of("new", TestImage.Bytes(1));

    private ContentHost host = null!;
    private ContentHost other = null!;
    private RepositoryScope web = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ContentHost.StartAsync(listens: true);
        other = await host.ReplicaAsync();
        web = await host.RepositoryAsync();
        await other.PushImageAsync(web, Old, "v1");
    }

    public async ValueTask DisposeAsync()
    {
        await other.DisposeAsync();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_tag_that_is_moved_while_it_is_looked_up_is_not_remembered_as_it_was()
    {
        var heard = new TaskCompletionSource();
        host.Feed.Subscribe(_ => heard.TrySetResult(), () => { });

        Assert.Equal(Old.Manifest.Digest, await MoveWhileLookedUpAsync(() => heard.Task.WaitAsync(TimeSpan.FromSeconds(30))));

        Assert.Equal(New.Manifest.Digest, await ResolveAsync());
    }

    [Fact]
    public async Task Were_the_change_not_told_the_tag_would_be_remembered_as_it_was()
    {
        other.Rewrite("FROM unnest($2::text[]) AS key", "FROM unnest($2::text[]) AS key WHERE key = $1");

        Assert.Equal(Old.Manifest.Digest, await MoveWhileLookedUpAsync(() => Task.CompletedTask));

        Assert.Equal(Old.Manifest.Digest, await ResolveAsync());
    }

    [Fact]
    public async Task What_was_loaded_before_its_key_was_evicted_is_thrown_away()
    {
        var cache = new FactCache<string>(host.Feed, "test:", 10);

        Assert.Equal("old", await LoadWhileAsync(cache, () => host.Feed.EvictLocally("test:1")));
        Assert.Equal("new", await cache.GetAsync("test:1", 0, (_, _) => Task.FromResult<string?>("new"), CancellationToken.None));
    }

    [Fact]
    public async Task What_was_loaded_before_everything_was_forgotten_is_thrown_away()
    {
        var cache = new FactCache<string>(host.Feed, "test:", 10);

        Assert.Equal("old", await LoadWhileAsync(cache, cache.Clear));
        Assert.Equal("new", await cache.GetAsync("test:1", 0, (_, _) => Task.FromResult<string?>("new"), CancellationToken.None));
    }

    [Fact]
    public async Task What_was_loaded_while_nothing_changed_is_remembered()
    {
        var cache = new FactCache<string>(host.Feed, "test:", 10);

        Assert.Equal("old", await LoadWhileAsync(cache, () => { }));
        Assert.Equal("old", await cache.GetAsync("test:1", 0, (_, _) => Task.FromResult<string?>("new"), CancellationToken.None));
    }

    private static async Task<string?> LoadWhileAsync(FactCache<string> cache, Action change)
    {
        var loaded = new TaskCompletionSource<string?>();
        var filling = cache.GetAsync("test:1", 0, (_, _) => loaded.Task, CancellationToken.None).AsTask();
        change();
        loaded.SetResult("old");
        return await filling;
    }

    // The look-up is held inside the database, with what it reads settled; then another replica moves the tag.
    private async Task<Oci.Digest?> MoveWhileLookedUpAsync(Func<Task> hears)
    {
        await using var holder = await AdvisoryLock.TakeAsync(host.Testing);
        host.Rewrite(ByTag, $"{ByTag} AND {AdvisoryLock.Wait}");
        var resolving = ResolveAsync();
        await holder.AwaitedAsync();
        await other.PushImageAsync(web, New, "v1");
        await hears();
        await holder.ReleaseAsync();
        return await resolving;
    }

    private async Task<Oci.Digest?> ResolveAsync() => (await host.Manifests.FindAsync(web, "v1", CancellationToken.None))?.Digest;
}
