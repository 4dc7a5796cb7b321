using Harbor.Modules.Artifacts;
using Xunit;

namespace Harbor.Integration.Content.Races;

/// <summary>An index is pushed while its child is deleted, by hand or along with another index: one of the two fails.</summary>
public sealed class IndexAndChildTests : IAsyncLifetime
{
    private const string WithLock = "ORDER BY id FOR KEY SHARE";
    private const string Referenced = "VIOLATE_FOREIGN_KEY_CONSTRAINT";

    private static readonly TestImage Child = TestImage.Of("child", TestImage.Bytes(1));
    private static readonly TestManifest Index = TestManifest.Index(Child.Manifest);

    private ContentHost host = null!;
    private RepositoryScope web = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ContentHost.StartAsync();
        web = await host.RepositoryAsync();
        await host.PushImageAsync(web, Child);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_deletion_of_a_child_waits_for_the_index_that_names_it_and_then_refuses()
    {
        Assert.Equal((Outcome.Done, Referenced), await PushFirstAsync(() => host.DeleteAsync(web, Child.Manifest)));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task An_index_waits_for_the_deletion_of_its_child_and_then_names_what_is_missing()
    {
        Assert.Equal(("MANIFEST_BLOB_UNKNOWN", Outcome.Done), await PushLastAsync("delete.held", () => host.DeleteAsync(web, Child.Manifest)));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_child_that_would_go_with_one_index_stays_for_another_that_is_being_pushed()
    {
        var former = await PushFormerAsync();

        Assert.Equal((Outcome.Done, Outcome.Done), await PushFirstAsync(() => host.DeleteAsync(web, former)));

        Assert.NotNull(await host.Manifests.FindAsync(web, Child.Manifest.Digest, CancellationToken.None));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task An_index_waits_while_its_child_goes_with_another_index_and_then_names_what_is_missing()
    {
        var former = await PushFormerAsync();

        Assert.Equal(("MANIFEST_BLOB_UNKNOWN", Outcome.Done), await PushLastAsync("delete.more-held", () => host.DeleteAsync(web, former)));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task Without_its_lock_an_index_would_become_visible_whose_child_is_deleted()
    {
        host.Rewrite(WithLock, "ORDER BY id");

        Assert.Equal((Outcome.Done, Outcome.Done), await PushFirstAsync(() => host.DeleteAsync(web, Child.Manifest)));
        Assert.Contains(await host.Audit.FindAsync(), finding => finding.Contains("names a child that is not visible", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_the_deletions_lock_an_index_would_become_visible_whose_child_is_deleted()
    {
        var former = await PushFormerAsync();
        host.Rewrite("SELECT 1 FROM artifact WHERE id = ANY($1) ORDER BY id FOR UPDATE", "SELECT 1 FROM artifact WHERE id = ANY($1)");

        // The whole deletion's looking happens while the new index is there and not yet committed; its hiding waits for nothing.
        Assert.Equal((Outcome.Done, Outcome.Done), await PushFirstAsync(() => host.DeleteAsync(web, former)));
        Assert.Contains(await host.Audit.FindAsync(), finding => finding.Contains("names a child that is not visible", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_push_of_the_same_bytes_that_waits_for_their_deletion_makes_them_visible_again()
    {
        var hidden = host.Points.HoldAt("delete.hidden");
        var deleting = Outcome.OfAsync(host.DeleteAsync(web, Child.Manifest));
        await hidden.ReachedAsync();
        var pushing = Outcome.OfAsync(host.PushAsync(web, Child.Manifest, "again"));
        Assert.True(await host.WaitsAsync(pushing));
        hidden.Release();

        Assert.Equal((Outcome.Done, Outcome.Done), (await deleting, await pushing));
        Assert.NotNull(await host.Manifests.FindAsync(web, "again", CancellationToken.None));
        Assert.Empty(await host.Audit.FindAsync());
    }

    private async Task<(string Push, string Deletion)> PushFirstAsync(Func<Task> delete)
    {
        var stored = host.Points.HoldAt("manifest.stored");
        var pushing = Outcome.OfAsync(host.PushAsync(web, Index, "v2"));
        await stored.ReachedAsync();
        var deleting = Outcome.OfAsync(delete());
        await host.WaitsAsync(deleting);
        stored.Release();
        return (await pushing, await deleting);
    }

    private async Task<(string Push, string Deletion)> PushLastAsync(string point, Func<Task> delete)
    {
        var held = host.Points.HoldAt(point);
        var deleting = Outcome.OfAsync(delete());
        await held.ReachedAsync();
        var pushing = Outcome.OfAsync(host.PushAsync(web, Index, "v2"));
        Assert.True(await host.WaitsAsync(pushing));
        held.Release();
        return (await pushing, await deleting);
    }

    // Another index with the same child, and one of its own.
    private async Task<TestManifest> PushFormerAsync()
    {
        var own = await host.PushImageAsync(web, TestImage.Of("own", TestImage.Bytes(2)));
        return await host.PushAsync(web, TestManifest.Index(Child.Manifest, own), "v1");
    }
}
