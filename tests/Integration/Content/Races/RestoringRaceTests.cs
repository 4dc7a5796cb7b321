using Harbor.Modules.Artifacts;
using Xunit;

namespace Harbor.Integration.Content.Races;

/// <summary>What was deleted is restored while the collector frees it, while somebody pushes it, or twice: one wins, completely.</summary>
public sealed class RestoringRaceTests : IAsyncLifetime
{
    private const string Gone = "NOT_FOUND";

    private static readonly TestImage Image = TestImage.Of("restored", TestImage.Bytes(1));

    private ContentHost host = null!;
    private RepositoryScope web = null!;
    private long deletion;

    public async ValueTask InitializeAsync()
    {
        host = await ContentHost.StartAsync();
        web = await host.RepositoryAsync();
        await host.PushImageAsync(web, Image, "v1");
        await host.DeleteAsync(web, Image.Manifest);
        deletion = await host.LastDeletionAsync();
        await host.Testing.ShiftClockAsync(2 * ContentHost.Grace);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_collector_leaves_alone_what_is_being_restored()
    {
        Assert.Equal((Outcome.Done, Outcome.Done), await RestoreFirstAsync());

        Assert.NotNull(await host.Manifests.FindAsync(web, "v1", CancellationToken.None));
        Assert.Equal(Image.Layers[0], await host.ReadAsync(web, Oci.Digest.Of(Image.Layers[0])));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task What_the_collector_has_begun_to_free_is_not_restored()
    {
        var marked = host.Points.HoldAt("free.marked");
        var collecting = Outcome.OfAsync(host.CollectAsync());
        await marked.ReachedAsync();
        var restored = await Outcome.OfAsync(RestoreAsync());
        marked.Release();

        Assert.Equal((Gone, Outcome.Done), (restored, await collecting));
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Without_its_lock_a_restoring_would_lose_what_the_collector_frees_meanwhile()
    {
        host.Rewrite("SELECT 1 FROM deletion WHERE id = $1 FOR UPDATE", "SELECT 1 FROM deletion WHERE id = $1");

        var (restored, _) = await RestoreFirstAsync();

        // It says that all is there again, and nothing is.
        Assert.Equal(Outcome.Done, restored);
        Assert.Null(await host.Manifests.FindAsync(web, "v1", CancellationToken.None));
    }

    [Fact]
    public async Task A_push_of_the_same_bytes_that_waits_for_the_collector_makes_the_artifact_anew_or_names_what_is_missing()
    {
        var held = host.Points.HoldAt("free.held");
        var collecting = Outcome.OfAsync(host.CollectAsync());
        await held.ReachedAsync();
        var pushing = Outcome.OfAsync(host.PushAsync(web, Image.Manifest, "v2"));
        Assert.True(await host.WaitsAsync(pushing));
        held.Release();

        Assert.Equal((Outcome.Done, Outcome.Done), (await pushing, await collecting));
        Assert.Equal(Image.Layers[0], await host.ReadAsync(web, Oci.Digest.Of(Image.Layers[0])));
        Assert.NotNull(await host.Manifests.FindAsync(web, "v2", CancellationToken.None));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_collector_that_waits_for_a_push_of_the_same_bytes_finds_them_visible()
    {
        var stored = host.Points.HoldAt("manifest.stored");
        var pushing = Outcome.OfAsync(host.PushAsync(web, Image.Manifest, "v2"));
        await stored.ReachedAsync();
        var collecting = Outcome.OfAsync(host.CollectAsync());
        Assert.True(await host.WaitsAsync(collecting));
        stored.Release();

        Assert.Equal((Outcome.Done, Outcome.Done), (await pushing, await collecting));
        Assert.NotNull(await host.Manifests.FindAsync(web, "v2", CancellationToken.None));
        Assert.Equal(0L, await host.Testing.QueryAsync("SELECT count(*) FROM deletion"));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task Without_the_collectors_second_look_a_pushed_artifact_would_be_freed()
    {
        await host.DropForeignKeysAsync();
        host.Rewrite("WHERE artifact.id = ANY($1) AND deletion.freeing AND NOT EXISTS (SELECT 1 FROM artifact_reference WHERE child_id = artifact.id)", "WHERE $1 = $1");
        host.Rewrite("SELECT artifact.id FROM deletion JOIN artifact ON artifact.deletion_id = deletion.id\nWHERE $1 = $1", "SELECT id FROM artifact WHERE id = ANY($1)");
        var stored = host.Points.HoldAt("manifest.stored");
        var pushing = Outcome.OfAsync(host.PushAsync(web, Image.Manifest, "v2"));
        await stored.ReachedAsync();
        var collecting = Outcome.OfAsync(host.CollectAsync());
        Assert.True(await host.WaitsAsync(collecting));
        stored.Release();

        Assert.Equal((Outcome.Done, Outcome.Done), (await pushing, await collecting));
        Assert.Contains(await host.Audit.FindAsync(), finding => finding.Contains("names an artifact that is not visible", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_two_that_restore_the_same_one_does_and_the_other_finds_it_gone()
    {
        var held = host.Points.HoldAt("restore.held");
        var first = Outcome.OfAsync(RestoreAsync());
        await held.ReachedAsync();
        var second = Outcome.OfAsync(RestoreAsync());
        Assert.True(await host.WaitsAsync(second));
        held.Release();

        Assert.Equal((Outcome.Done, Gone), (await first, await second));
        Assert.Empty(await host.Audit.FindAsync());
    }

    private async Task<(string Restoring, string Collector)> RestoreFirstAsync()
    {
        var looked = host.Points.HoldAt("restore.looked");
        var restoring = Outcome.OfAsync(RestoreAsync());
        await looked.ReachedAsync();
        var collecting = Outcome.OfAsync(host.CollectAsync());
        await host.WaitsAsync(collecting);
        looked.Release();
        return (await restoring, await collecting);
    }

    private async Task RestoreAsync() => await host.RestoreAsync(web, deletion);

    private async Task NothingIsLeftAsync()
    {
        await host.CollectAsync();
        Assert.Equal(0L, await host.Testing.QueryAsync("SELECT (SELECT count(*) FROM artifact) + (SELECT count(*) FROM blob) + (SELECT count(*) FROM deletion)"));
        Assert.Empty(host.Audit.Files());
        Assert.Empty(await host.Audit.FindAsync());
    }
}
