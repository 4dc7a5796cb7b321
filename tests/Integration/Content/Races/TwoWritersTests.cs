using System.IO.Pipelines;
using Harbor.Modules.Artifacts;
using Harbor.Modules.Artifacts.Uploads;
using Harbor.Oci;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Content.Races;

/// <summary>Two writers on one upload: the first is thought dead and is not. The bytes are those of the digest, or there is no blob.</summary>
public sealed class TwoWritersTests : IAsyncLifetime
{
    private const string NoLivingClaim = "(claim IS NULL OR claim_until <= harbor_now())";
    private const string OwnStage = "CASE WHEN before.claim IS NULL AND before.staged IS NOT NULL THEN before.staged ELSE $8 END";

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    private static readonly byte[] Content = TestImage.Bytes(1, 300_000);
    private static readonly Digest Digest = Digest.Of(Content);
    private static readonly byte[] Others = TestImage.Bytes(2, 300_000);
    private static readonly int First = 100_000;

    // Stands still, so that nobody renews a claim unless the test says so.
    private readonly ManualClock clock = new();
    private readonly Pipe dying = new();
    private ContentHost host = null!;
    private RepositoryScope web = null!;
    private Guid upload;

    public async ValueTask InitializeAsync()
    {
        host = await ContentHost.StartAsync(services => services.AddSingleton<TimeProvider>(clock));
        web = await host.RepositoryAsync();
        upload = (await host.Uploads.StartAsync(web, DigestAlgorithm.Sha256, CancellationToken.None)).Id;
        await AppendAsync(0, Content[..First]);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task While_one_writes_another_is_refused()
    {
        var first = await BeginDyingAsync();

        Assert.Equal("RANGE_INVALID", await Outcome.OfAsync(FinishAsync(First, Content[First..])));

        await EndDyingAsync(Content[(First + 10_000)..]);
        Assert.Equal(Outcome.Done, await Outcome.OfAsync(first));
        await AssertReadableAsync();
    }

    [Fact]
    public async Task A_writer_thought_dead_that_goes_on_does_not_touch_the_bytes_of_the_one_that_took_over()
    {
        var first = await BeginDyingAsync();
        await host.Testing.ShiftClockAsync(2 * Lease);

        var accepted = host.Points.HoldAt("upload.synced");
        var second = FinishAsync(First, Content[First..]);
        await accepted.ReachedAsync();
        await EndDyingAsync(Others);
        Assert.Equal("DIGEST_INVALID", await Outcome.OfAsync(first));
        accepted.Release();

        Assert.Equal(Outcome.Done, await Outcome.OfAsync(second));
        await AssertReadableAsync();
    }

    [Fact]
    public async Task A_writer_thought_dead_that_ends_first_leaves_the_upload_to_the_one_that_took_over()
    {
        var first = await BeginDyingAsync();
        await host.Testing.ShiftClockAsync(2 * Lease);

        var accepted = host.Points.HoldAt("upload.synced");
        var second = FinishAsync(First, Content[First..]);
        await accepted.ReachedAsync();
        await EndDyingAsync(Content[(First + 10_000)..]);
        Assert.Equal(Outcome.Unknown, await Outcome.OfAsync(first));
        accepted.Release();

        Assert.Equal(Outcome.Done, await Outcome.OfAsync(second));
        await AssertReadableAsync();
    }

    [Fact]
    public async Task A_writer_thought_dead_that_ends_last_publishes_nothing()
    {
        var first = await BeginDyingAsync();
        await host.Testing.ShiftClockAsync(2 * Lease);
        Assert.Equal(Outcome.Done, await Outcome.OfAsync(FinishAsync(First, Content[First..])));

        await EndDyingAsync(Content[(First + 10_000)..]);

        Assert.Equal(Outcome.Unknown, await Outcome.OfAsync(first));
        await AssertReadableAsync();
    }

    [Fact]
    public async Task A_writer_that_loses_its_claim_is_stopped_and_told_that_the_upload_is_unknown()
    {
        var first = await BeginDyingAsync();
        await host.Testing.ShiftClockAsync(2 * Lease);
        Assert.Equal(Outcome.Done, await Outcome.OfAsync(FinishAsync(First, Content[First..])));

        clock.Advance(Lease);

        Assert.Equal(Outcome.Unknown, await Outcome.OfAsync(first));
        await AssertReadableAsync();
    }

    [Fact]
    public async Task A_chunk_that_loses_its_claim_is_stopped_and_told_that_the_upload_is_unknown()
    {
        var claimed = host.Points.HoldAt("upload.claimed");
        var first = host.Uploads.AppendAsync(web, upload, First, dying.Reader, CancellationToken.None);
        await claimed.ReachedAsync();
        claimed.Release();
        await dying.Writer.WriteAsync(Content.AsMemory(First, 10_000), CancellationToken.None);
        await host.Testing.ShiftClockAsync(2 * Lease);
        Assert.Equal(Outcome.Done, await Outcome.OfAsync(FinishAsync(First, Content[First..])));

        clock.Advance(Lease);

        Assert.Equal(Outcome.Unknown, await Outcome.OfAsync(first));
        await AssertReadableAsync();
    }

    [Fact]
    public async Task A_writer_that_lives_keeps_its_claim_however_long_it_takes()
    {
        var first = await BeginDyingAsync();

        for (var third = 0; third < 6; third++)
        {
            await host.Testing.ShiftClockAsync((third + 1) * Lease / 2);
            var before = await RenewedAsync();
            clock.Advance(Lease / 3);
            while (await RenewedAsync() == before)
            {
                await Task.Delay(5, CancellationToken.None);
            }
        }

        Assert.Equal("RANGE_INVALID", await Outcome.OfAsync(FinishAsync(First, Content[First..])));
        await EndDyingAsync(Content[(First + 10_000)..]);
        Assert.Equal(Outcome.Done, await Outcome.OfAsync(first));
        await AssertReadableAsync();
    }

    [Fact]
    public async Task Could_both_claim_the_upload_at_once_one_would_destroy_the_others_work()
    {
        host.Rewrite(NoLivingClaim, "true");
        host.Rewrite(OwnStage, "coalesce(before.staged, $8)");

        Assert.Equal((Outcome.Done, false), await OverwriteAsync());
    }

    [Fact]
    public async Task Were_the_file_of_a_dead_writer_inherited_it_would_write_under_the_hashed_bytes()
    {
        host.Rewrite(OwnStage, "coalesce(before.staged, $8)");

        Assert.Equal((Outcome.Done, false), await OverwriteAsync());
    }

    [Fact]
    public async Task A_writer_thought_dead_cannot_overwrite_what_its_successor_has_hashed()
    {
        Assert.Equal((Outcome.Done, true), await OverwriteAsync());
    }

    // Between the successor's last byte and its publishing, the dying one writes the same range with other bytes.
    private async Task<(string Second, bool Right)> OverwriteAsync()
    {
        var first = await BeginDyingAsync();
        await host.Testing.ShiftClockAsync(2 * Lease);
        var complete = host.Points.HoldAt("blob.complete");
        var second = FinishAsync(First, Content[First..]);
        await complete.ReachedAsync();
        var written = host.Points.HoldAt("upload.written");
        await EndDyingAsync(Others);
        await written.ReachedAsync();
        complete.Release();
        var outcome = await Outcome.OfAsync(second);
        var right = (await host.ReadAsync(web, Digest))?.AsSpan().SequenceEqual(Content) == true;
        written.Release();
        await Outcome.OfAsync(first);
        return (outcome, right);
    }

    // It has claimed the upload and received a part of its bytes.
    private async Task<Task<UploadResult>> BeginDyingAsync()
    {
        var claimed = host.Points.HoldAt("upload.claimed");
        var first = host.Uploads.FinishAsync(web, upload, Digest, First, dying.Reader, CancellationToken.None);
        await claimed.ReachedAsync();
        claimed.Release();
        await dying.Writer.WriteAsync(Content.AsMemory(First, 10_000), CancellationToken.None);
        return first;
    }

    private async Task EndDyingAsync(byte[] rest)
    {
        await dying.Writer.WriteAsync(rest, CancellationToken.None);
        await dying.Writer.CompleteAsync();
    }

    private async Task AppendAsync(long start, byte[] chunk) =>
        Assert.Equal(Outcome.Done, await Outcome.OfAsync(host.Uploads.AppendAsync(web, upload, start, ContentHost.Body(chunk), CancellationToken.None)));

    private Task<UploadResult> FinishAsync(long start, byte[] chunk) =>
        host.Uploads.FinishAsync(web, upload, Digest, start, ContentHost.Body(chunk), CancellationToken.None);

    private Task<object?> RenewedAsync() => host.Testing.QueryAsync("SELECT claim_until FROM upload");

    private async Task AssertReadableAsync()
    {
        await host.Testing.ShiftClockAsync(TimeSpan.FromHours(1));
        await host.Eraser.EraseDueAsync(CancellationToken.None);
        Assert.Equal(Content, await host.ReadAsync(web, Digest));
        Assert.Single(host.Audit.Files());
        Assert.Empty(await host.Audit.FindAsync());
    }
}
