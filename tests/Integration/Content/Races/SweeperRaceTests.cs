using Harbor.Modules.Artifacts;
using Harbor.Oci;
using Xunit;

namespace Harbor.Integration.Content.Races;

/// <summary>The sweeper and a PUT reach for one upload: either gets the row, never both.</summary>
public sealed class SweeperRaceTests : IAsyncLifetime
{
    private const string End = "DELETE FROM upload WHERE id = $1 AND claim = $2";

    private static readonly TimeSpan Long = TimeSpan.FromDays(2);
    private static readonly byte[] Content = TestImage.Bytes(1);
    private static readonly Digest Digest = Digest.Of(Content);

    private ContentHost host = null!;
    private RepositoryScope web = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ContentHost.StartAsync();
        web = await host.RepositoryAsync();
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_put_that_stalled_past_its_expiry_finds_the_upload_swept_and_leaves_nothing()
    {
        Assert.Equal((Outcome.Unknown, 1), await StallBeforeEndingAsync());

        await TidyAsync();
        Assert.Null(await host.ReadAsync(web, Digest));
        Assert.Empty(host.Audit.Files());
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_sweeper_passes_by_an_upload_that_a_put_is_ending()
    {
        var ended = host.Points.HoldAt("blob.upserted");
        var put = Outcome.OfAsync(host.UploadAsync(web, Content));
        await ended.ReachedAsync();
        await host.Testing.ShiftClockAsync(Long);
        Assert.Equal((0, 0), await host.Upkeep.RunOnceAsync(CancellationToken.None));
        ended.Release();

        Assert.Equal(Outcome.Done, await put);
        await TidyAsync();
        Assert.Equal(Content, await host.ReadAsync(web, Digest));
        Assert.Single(host.Audit.Files());
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_put_that_did_not_need_its_row_would_acknowledge_bytes_that_are_swept()
    {
        host.Rewrite(End, "UPDATE quota SET used = used WHERE project_id = 1 AND $1::uuid IS NOT NULL AND $2::uuid IS NOT NULL");

        Assert.Equal((Outcome.Done, 1), await StallBeforeEndingAsync());

        await TidyAsync();
        Assert.Contains(await host.Audit.FindAsync(), finding => finding.Contains("are missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sweeper_leaves_alone_what_is_being_written_however_old_it_is()
    {
        var complete = host.Points.HoldAt("blob.complete");
        var put = Outcome.OfAsync(host.UploadAsync(web, Content));
        await complete.ReachedAsync();
        await host.Testing.QueryAsync("UPDATE upload SET expires_at = harbor_now() - interval '1 hour'");
        Assert.Equal((0, 0), await host.Upkeep.RunOnceAsync(CancellationToken.None));
        complete.Release();

        Assert.Equal(Outcome.Done, await put);
        Assert.Equal(Content, await host.ReadAsync(web, Digest));
    }

    // The bytes have their final name, and their row does not: then the sweeper comes.
    private async Task<(string Put, int Swept)> StallBeforeEndingAsync()
    {
        var published = host.Points.HoldAt("blob.published");
        var put = Outcome.OfAsync(host.UploadAsync(web, Content));
        await published.ReachedAsync();
        await host.Testing.ShiftClockAsync(Long);
        var (swept, _) = await host.Upkeep.RunOnceAsync(CancellationToken.None);
        published.Release();
        return (await put, swept);
    }

    // No collecting: nothing uses the blob.
    private async Task TidyAsync()
    {
        await host.Testing.ShiftClockAsync(2 * Long);
        await host.Uploads.SweepAsync(1000, CancellationToken.None);
        await host.Eraser.EraseDueAsync(CancellationToken.None);
    }
}
