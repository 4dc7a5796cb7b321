using Harbor.Modules.Artifacts;
using Harbor.Oci;
using Xunit;

namespace Harbor.Integration.Content.Races;

/// <summary>A client that may push asks whether it must upload a blob which is about to be collected: yes, or the blob lives on.</summary>
public sealed class RenewalRaceTests : IAsyncLifetime
{
    private const string WithLock = "SELECT id FROM blob WHERE id = $1 FOR KEY SHARE";
    private const string WithoutLock = "SELECT id FROM blob WHERE id = $1";
    private const string Here = "here";
    private const string Absent = "absent";

    private static readonly byte[] Content = TestImage.Bytes(1);
    private static readonly Digest Digest = Digest.Of(Content);

    private ContentHost host = null!;
    private RepositoryScope web = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ContentHost.StartAsync();
        web = await host.RepositoryAsync();
        await host.UploadAsync(web, Content);
        await host.Testing.ShiftClockAsync(2 * ContentHost.Grace);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_collector_waits_for_the_renewal_of_a_link_and_then_leaves_it()
    {
        Assert.Equal((Here, Outcome.Done), await RenewFirstAsync());

        Assert.Equal(Content, await host.ReadAsync(web, Digest));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_renewal_waits_for_the_collector_and_then_says_that_the_blob_is_absent()
    {
        var looked = host.Points.HoldAt("collect.looked");
        var collecting = Outcome.OfAsync(host.CollectAsync());
        await looked.ReachedAsync();
        var asking = AskAsync();
        Assert.True(await host.WaitsAsync(asking));
        looked.Release();

        Assert.Equal((Absent, Outcome.Done), (await asking, await collecting));
        await host.Eraser.EraseDueAsync(CancellationToken.None);
        Assert.Empty(host.Audit.Files());
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task Without_its_lock_a_renewal_would_promise_a_blob_that_is_gone()
    {
        await host.DropForeignKeysAsync();
        host.Rewrite(WithLock, WithoutLock);

        Assert.Equal((Here, Outcome.Done), await RenewFirstAsync());
        Assert.Contains(await host.Audit.FindAsync(), finding => finding.Contains("links a blob that is gone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mount_waits_for_the_collector_of_its_blob_and_then_has_to_upload()
    {
        var looked = host.Points.HoldAt("collect.looked");
        var collecting = Outcome.OfAsync(host.CollectAsync());
        await looked.ReachedAsync();
        var mounting = MountAsync();
        Assert.True(await host.WaitsAsync(mounting));
        looked.Release();

        Assert.Equal((Absent, Outcome.Done), (await mounting, await collecting));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_collector_waits_for_a_mount_and_then_leaves_the_blob_to_it()
    {
        Assert.Equal((Here, Outcome.Done), await MountFirstAsync());

        Assert.Equal(Content, await host.ReadAsync(await host.RepositoryAsync("library/other"), Digest));
        Assert.Null(await host.ReadAsync(web, Digest));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task Without_its_lock_a_mount_would_link_a_blob_that_is_gone()
    {
        await host.DropForeignKeysAsync();
        host.Rewrite(WithLock, WithoutLock);

        Assert.Equal((Here, Outcome.Done), await MountFirstAsync());
        Assert.Contains(await host.Audit.FindAsync(), finding => finding.Contains("links a blob that is gone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_the_collectors_lock_a_mount_would_link_a_blob_that_is_gone()
    {
        await host.DropForeignKeysAsync();
        await host.ProjectAsync("team");   // of its own: else they would meet at what the project is charged
        host.Rewrite("SELECT id, digest FROM blob WHERE id = ANY($1) ORDER BY id FOR UPDATE SKIP LOCKED", "SELECT id, digest FROM blob WHERE id = ANY($1) ORDER BY id");

        // The collector has held nothing and looked; a mount goes by as far as its link, and its commit comes after the last look.
        var looked = host.Points.HoldAt("collect.looked");
        var collecting = Outcome.OfAsync(host.CollectAsync());
        await looked.ReachedAsync();
        var linked = host.Points.HoldAt("mount.linked");
        var mounting = MountAsync("team/other");
        await linked.ReachedAsync();
        looked.Release();
        Assert.True(await host.WaitsAsync(collecting));
        linked.Release();

        Assert.Equal((Here, Outcome.Done), (await mounting, await collecting));
        Assert.Contains(await host.Audit.FindAsync(), finding => finding.Contains("links a blob that is gone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reference_lost_while_its_review_is_dropped_is_reviewed_again()
    {
        Assert.Equal(1L, await LoseWhileDroppingAsync());
        Assert.Empty(await host.Audit.FindAsync());

        await host.Testing.ShiftClockAsync(4 * ContentHost.Grace);
        Assert.Equal(2, (await host.CollectAsync()).Blobs);
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_review_dropped_at_whatever_version_would_forget_a_blob_for_good()
    {
        host.Rewrite(
            "DELETE FROM blob_review AS review USING unnest($1::bigint[], $2::bigint[]) AS claimed (blob_id, version)\nWHERE review.blob_id = claimed.blob_id AND review.version = claimed.version",
            "DELETE FROM blob_review AS review USING unnest($1::bigint[], $2::bigint[]) AS claimed (blob_id, version)\nWHERE review.blob_id = claimed.blob_id");

        Assert.Equal(0L, await LoseWhileDroppingAsync());
        Assert.Contains(await host.Audit.FindAsync(), finding => finding.Contains("is never reviewed", StringComparison.Ordinal));
    }

    private async Task<(string Answer, string Collector)> RenewFirstAsync()
    {
        var looked = host.Points.HoldAt("renew.looked");
        var asking = AskAsync();
        await looked.ReachedAsync();
        var collecting = Outcome.OfAsync(host.CollectAsync());
        await host.WaitsAsync(collecting);
        looked.Release();
        return (await asking, await collecting);
    }

    private async Task<(string Answer, string Collector)> MountFirstAsync()
    {
        var looked = host.Points.HoldAt("mount.looked");
        var mounting = MountAsync();
        await looked.ReachedAsync();
        var collecting = Outcome.OfAsync(host.CollectAsync());
        await host.WaitsAsync(collecting);
        looked.Release();
        return (await mounting, await collecting);
    }

    // A collector has seen the blob in use, and is about to drop its review; then the artifact is deleted.
    private async Task<object?> LoseWhileDroppingAsync()
    {
        var image = TestImage.Of("reviewed", Content);
        await host.PushImageAsync(web, image);
        await host.Testing.ShiftClockAsync(3 * ContentHost.Grace);
        var judged = host.Points.HoldAt("collect.judged");
        var collecting = host.CollectAsync();
        await judged.ReachedAsync();

        await host.DeleteAsync(web, image.Manifest);

        judged.Release();
        await collecting;
        var id = await host.Testing.QueryAsync("SELECT id FROM blob ORDER BY id LIMIT 1");
        return await host.Testing.QueryAsync($"SELECT count(*) FROM blob_review WHERE blob_id = {id}");
    }

    private async Task<string> AskAsync() => await host.Blobs.StatAsync(web, Digest, CancellationToken.None) is null ? Absent : Here;

    private async Task<string> MountAsync(string target = "library/other") =>
        await host.Blobs.MountAsync(web, await host.RepositoryAsync(target), Digest, CancellationToken.None) is null ? Absent : Here;
}
