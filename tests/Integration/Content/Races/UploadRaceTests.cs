using Harbor.Oci;
using Harbor.Platform.Settings;
using Harbor.Storage;
using Harbor.Storage.FileSystem;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Content.Races;

/// <summary>One digest is uploaded twice at once, or while it is collected, or while its former bytes are erased: all are answered well.</summary>
public sealed class UploadRaceTests
{
    private const string Upsert = """
        INSERT INTO blob (digest, size, location, pushed_at) SELECT $3, $4, $5, harbor_now() FROM ended
        ON CONFLICT (digest) DO UPDATE SET pushed_at = excluded.pushed_at
        RETURNING id, location
        """;

    // What looks as good: nothing is written when the row is there already, and it is read instead.
    private const string Trusting = """
        , made AS (
            INSERT INTO blob (digest, size, location, pushed_at) SELECT $3, $4, $5, harbor_now() FROM ended
            ON CONFLICT (digest) DO NOTHING RETURNING id, location)
        SELECT id, location FROM made UNION ALL SELECT id, location FROM blob WHERE digest = $3 AND EXISTS (SELECT 1 FROM ended)
        """;

    private static readonly byte[] Content = TestImage.Bytes(1, 100_000);
    private static readonly Digest Digest = Digest.Of(Content);

    [Fact]
    public async Task Two_uploads_of_one_digest_become_one_blob_with_one_copy_of_its_bytes()
    {
        await using var host = await ContentHost.StartAsync();

        Assert.Equal((Outcome.Done, Outcome.Done), await TwoAtOnceAsync(host));

        await host.Eraser.EraseDueAsync(CancellationToken.None);
        Assert.Equal(1L, await host.Testing.QueryAsync("SELECT count(*) FROM blob"));
        Assert.Equal(2L, await host.Testing.QueryAsync("SELECT count(*) FROM repository_blob"));
        Assert.Single(host.Audit.Files());
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task An_upload_that_trusted_the_row_it_saw_would_miss_the_one_being_made()
    {
        await using var host = await ContentHost.StartAsync();
        host.Rewrite(Upsert, Trusting);

        Assert.Equal((Outcome.Done, Outcome.Unknown), await TwoAtOnceAsync(host));
    }

    [Fact]
    public async Task An_upload_waits_for_the_collector_of_its_digest_and_makes_the_blob_anew()
    {
        await using var host = await ContentHost.StartAsync();

        Assert.Equal((Outcome.Done, Outcome.Done), await WhileCollectedAsync(host));

        await host.Eraser.EraseDueAsync(CancellationToken.None);
        Assert.Equal(Content, await host.ReadAsync(await host.RepositoryAsync("library/other"), Digest));
        Assert.Single(host.Audit.Files());
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task An_upload_that_trusted_the_row_it_saw_would_link_a_collected_blob()
    {
        await using var host = await ContentHost.StartAsync();
        await host.DropForeignKeysAsync();
        host.Rewrite(Upsert, Trusting);

        Assert.Equal((Outcome.Done, Outcome.Done), await WhileCollectedAsync(host));
        Assert.Contains(await host.Audit.FindAsync(), finding => finding.Contains("links a blob that is gone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stalled_erase_of_a_digest_spares_the_copy_that_was_uploaded_meanwhile()
    {
        await using var host = await ContentHost.StartAsync();

        await EraseLateAsync(host);

        Assert.Equal(Content, await host.ReadAsync(await host.RepositoryAsync(), Digest));
        Assert.Single(host.Audit.Files());
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task Were_a_location_used_twice_a_stalled_erase_would_take_the_new_copy()
    {
        await using var host = await ContentHost.StartAsync(services => services.AddSingleton<IBlobStore>(provider => new OnePlacePerDigest(
            new FileSystemBlobStore(provider.GetRequiredService<HarborOptions>().StorageDirectory, provider.GetRequiredService<PosixFiles>()))));

        await EraseLateAsync(host);

        Assert.Contains(await host.Audit.FindAsync(), finding => finding.Contains("are missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_push_of_a_blob_whose_bytes_were_lost_heals_it_for_whoever_has_it_in_memory()
    {
        await using var host = await ContentHost.StartAsync(listens: true);
        var web = await host.RepositoryAsync();
        await host.UploadAsync(web, Content);
        Assert.Equal(Content, await host.ReadAsync(web, Digest));
        await File.WriteAllBytesAsync(Path.Combine(host.StorageDirectory, host.Audit.Files().Single()), Content.AsMemory(0, 1000), CancellationToken.None);

        await host.UploadAsync(await host.RepositoryAsync("library/other"), Content);

        Assert.Equal(Content, await host.ReadAsync(web, Digest));
        await host.Eraser.EraseDueAsync(CancellationToken.None);
        Assert.Equal(Content, await host.ReadAsync(web, Digest));
        Assert.Single(host.Audit.Files());
        Assert.Empty(await host.Audit.FindAsync());
    }

    // The first is held with its row written; the second has to decide what to make of it.
    private static async Task<(string First, string Second)> TwoAtOnceAsync(ContentHost host)
    {
        var (web, other) = (await host.RepositoryAsync(), await host.RepositoryAsync("library/other"));
        var upserted = host.Points.HoldAt("blob.upserted");
        var first = Outcome.OfAsync(host.UploadAsync(web, Content));
        await upserted.ReachedAsync();
        var second = Outcome.OfAsync(host.UploadAsync(other, Content));
        await host.WaitsAsync(second);
        upserted.Release();
        return (await first, await second);
    }

    private static async Task<(string Upload, string Collector)> WhileCollectedAsync(ContentHost host)
    {
        var other = await host.RepositoryAsync("library/other");
        await host.UploadAsync(await host.RepositoryAsync(), Content);
        await host.Testing.ShiftClockAsync(2 * ContentHost.Grace);
        var looked = host.Points.HoldAt("collect.looked");
        var collecting = Outcome.OfAsync(host.CollectAsync());
        await looked.ReachedAsync();
        var upserted = host.Points.HoldAt("blob.upserted");
        var uploading = Outcome.OfAsync(host.UploadAsync(other, Content));
        await host.WaitsAsync(upserted.ReachedAsync());
        looked.Release();
        var collected = await collecting;
        upserted.Release();
        return (await uploading, collected);
    }

    private static async Task EraseLateAsync(ContentHost host)
    {
        var web = await host.RepositoryAsync();
        await host.UploadAsync(web, Content);
        await host.DeleteBlobAsync(web, Digest);
        var taken = host.Points.HoldAt("erase.taken");
        var erasing = host.Eraser.EraseDueAsync(CancellationToken.None);
        await taken.ReachedAsync();
        await host.UploadAsync(web, Content);
        taken.Release();
        await erasing;
    }

    /// <summary>A store that would let the bytes of one digest lie in one place always.</summary>
    private sealed class OnePlacePerDigest(IBlobStore inner) : DelegatingBlobStore(inner)
    {
        public override Location BlobOf(Digest digest, Guid claim) => CanonicalOf(digest);

        public override async Task<bool> PublishAsync(Location stage, Location blob, bool synced)
        {
            await EraseAsync(blob, CancellationToken.None);
            return await base.PublishAsync(stage, blob, synced);
        }
    }
}
