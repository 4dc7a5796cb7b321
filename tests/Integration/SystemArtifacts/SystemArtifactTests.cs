using Harbor.Integration.Content;
using Harbor.Modules.Artifacts.Blobs;
using Harbor.Modules.SystemArtifacts;
using Harbor.Oci;
using Harbor.Platform.Jobs;
using Harbor.Platform.Settings;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.SystemArtifacts;

/// <summary>Files that the server makes are kept whole for a day, and no byte of them is lost track of.</summary>
public sealed class SystemArtifactTests : IAsyncLifetime
{
    private const string Vendor = "SCAN_DATA_EXPORT";

    private static readonly byte[] Report = TestImage.Bytes(1, 700_000);

    private TestHarbor harbor = null!;

    public async ValueTask InitializeAsync() => harbor = await TestHarbor.StartAsync();

    public ValueTask DisposeAsync() => harbor.DisposeAsync();

    [Fact]
    public async Task A_file_comes_back_as_it_was_stored_to_its_vendor_alone()
    {
        var id = await StoreAsync();

        using var open = await Files.OpenAsync(Vendor, id, CancellationToken.None);
        Assert.Equal(("report.csv", Digest.Of(Report).Value), (open!.Name, open.Digest));
        Assert.Equal(Report, await ContentHost.ReadAsync(open.Content, 0));
        Assert.Null(await Files.OpenAsync("ANOTHER", id, CancellationToken.None));
        Assert.Empty(await OrphansAsync());
    }

    [Fact]
    public async Task The_cleanup_is_scheduled_on_a_fresh_server() =>
        Assert.Equal("Daily 0 0 0 * * * 0", await harbor.Database.QueryAsync("SELECT cron_type || ' ' || cron || ' ' || vendor_id FROM schedule WHERE vendor_type = 'SYSTEM_ARTIFACT_CLEANUP'"));

    [Fact]
    public async Task A_file_goes_when_it_is_a_day_old_and_its_bytes_with_it()
    {
        var old = await StoreAsync();
        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromHours(23));
        var young = await StoreAsync();
        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromHours(25));

        await harbor.Services.GetRequiredService<ScheduleClock>().FireDueAsync(CancellationToken.None);
        await harbor.Services.GetRequiredService<JobWorkers>().RunDueAsync(CancellationToken.None);
        await harbor.Services.GetRequiredService<Eraser>().EraseDueAsync(CancellationToken.None);

        Assert.Null(await Files.OpenAsync(Vendor, old, CancellationToken.None));
        using var open = await Files.OpenAsync(Vendor, young, CancellationToken.None);
        Assert.NotNull(open);
        Assert.Empty(await OrphansAsync());
        Assert.Single(Audit.Files());
    }

    [Fact]
    public async Task A_file_that_is_wanted_no_longer_is_not_opened_any_more()
    {
        var id = await Files.StoreAsync(new NewSystemArtifact(Vendor, "report.csv", TimeSpan.FromHours(1)), new MemoryStream(Report), CancellationToken.None);
        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromHours(2));

        Assert.Null(await Files.OpenAsync(Vendor, id, CancellationToken.None));
    }

    [Fact]
    public async Task Of_a_file_that_breaks_off_nothing_stays()
    {
        await Assert.ThrowsAsync<EndOfStreamException>(() => Files.StoreAsync(new NewSystemArtifact(Vendor, "report.csv"), new BreakingStream(), CancellationToken.None));
        await harbor.Services.GetRequiredService<Eraser>().EraseDueAsync(CancellationToken.None);

        Assert.Equal(0L, await harbor.Database.QueryAsync("SELECT count(*) FROM system_artifact"));
        Assert.Empty(Audit.Files());
    }

    private Modules.SystemArtifacts.SystemArtifacts Files => harbor.Services.GetRequiredService<Modules.SystemArtifacts.SystemArtifacts>();

    private ContentAudit Audit => new(harbor.Database.ConnectionString, harbor.Services.GetRequiredService<HarborOptions>().StorageDirectory);

    private Task<IReadOnlyList<string>> OrphansAsync() => Audit.OrphansAsync();

    private Task<long> StoreAsync() => Files.StoreAsync(new NewSystemArtifact(Vendor, "report.csv"), new MemoryStream(Report), CancellationToken.None);

    private sealed class BreakingStream : MemoryStream
    {
        private int reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (++reads > 2)
            {
                throw new EndOfStreamException();
            }

            buffer.Span.Fill(7);
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
