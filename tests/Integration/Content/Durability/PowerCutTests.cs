using System.Text.RegularExpressions;
using Harbor.Integration.Content.Crashes;
using Harbor.Modules.Artifacts;
using Harbor.Platform.Diagnostics;
using Harbor.Storage.FileSystem;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Content.Durability;

/// <summary>The power is cut: the database has what was committed, the file system what was synced. Every acknowledged blob is there.</summary>
public sealed class PowerCutTests : IAsyncLifetime
{
    private const string Shards = "storage/docker/registry/v2/blobs/sha256";

    // Each is needed: without it, something acknowledged is lost.
    private static readonly Dictionary<string, string> Syncs = new(StringComparer.Ordinal)
    {
        ["the bytes"] = "^storage/uploads/../.+$",
        ["the directory of a digest"] = $"^{Shards}/../.{{64}}$",
        ["a shard"] = $"^{Shards}/..$",
        ["the directory of the shards"] = $"^{Shards}$",
        ["the directory of the algorithms"] = "^storage/docker/registry/v2/blobs$",
        ["the directory of the layout's version"] = "^storage/docker/registry/v2$",
        ["the directory of the layout"] = "^storage/docker/registry$",
        ["the directory of adopted content"] = "^storage/docker$",
        ["the storage directory"] = "^storage$",
        ["the directory that the storage lies in"] = "^[.]$",
    };

    private static int seed = 5000;

    private readonly TemporaryDirectory folder = new(inMemory: true);
    private TestDatabase database = null!;
    private TimeSpan shifted;

    public static TheoryData<string> AllSyncs => [.. Syncs.Keys];

    /// <summary>Where bytes are on their way. At all other points they have arrived, and nothing is left that a cut of the power could change.</summary>
    public static async Task<IEnumerable<TheoryDataRow<string>>> Points() =>
        (await CrashPointTests.Points()).Where(point => point.Data.Split('.')[0] is "upload" or "blob" or "erase");

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Points), DisableDiscoveryEnumeration = true)]
    public async Task A_power_cut_here_costs_nothing_that_was_acknowledged(string point)
    {
        var files = new FadingFiles(folder["data"]);
        var points = new HoldingPoints();
        var scenario = new PushScenario(Interlocked.Increment(ref seed));
        TestDatabase left;
        await using (var harbor = await ServeAsync(database, "data", files, points))
        {
            var hold = points.HoldAt(point);
            var running = RunAllAsync(harbor, scenario);
            await hold.ReachedAsync();
            left = await CutAsync(files);
            hold.Release();
            await Assert.ThrowsAnyAsync<Exception>(() => running);
        }

        await using (left)
        {
            await AssertEverythingHoldsAsync(left);
            await left.ShiftClockAsync(shifted);
            await using var restarted = await ServeAsync(left, nameof(Unsynced.Gone), new PosixFiles(), PausePoints.None);
            await scenario.CheckAsync(restarted.Url, later: shifted > TimeSpan.Zero);   // the new server collects, too
            Assert.Null(await scenario.RunAsync(restarted.Url));
            await scenario.CheckAsync(restarted.Url);
        }
    }

    [Fact]
    public async Task A_power_cut_after_everything_was_acknowledged_costs_nothing()
    {
        var (left, _) = await PushAndCutAsync(null);

        await using (left)
        {
            await AssertEverythingHoldsAsync(left);
        }
    }

    [Theory]
    [MemberData(nameof(AllSyncs))]
    public async Task A_power_cut_costs_an_acknowledged_blob_when_this_is_not_synced(string sync)
    {
        var (left, skipped) = await PushAndCutAsync(path => Regex.IsMatch(Path.GetRelativePath(folder["data"], path), Syncs[sync]));

        await using (left)
        {
            Assert.NotEqual(0, skipped);
            Assert.Contains(await FindAsync(left, Unsynced.Gone), finding => finding.Contains("bytes", StringComparison.Ordinal));
        }
    }

    private async Task<(TestDatabase Left, int Skipped)> PushAndCutAsync(Func<string, bool>? skips)
    {
        var files = new FadingFiles(folder["data"], skips);
        await using var harbor = await ServeAsync(database, "data", files, PausePoints.None);
        Assert.Null(await new PushScenario(Interlocked.Increment(ref seed)).RunAsync(harbor.Url));
        return (await CutAsync(files), files.Skipped);
    }

    private async Task<TestDatabase> CutAsync(FadingFiles files)
    {
        foreach (var unsynced in Enum.GetValues<Unsynced>())
        {
            files.LosePower(folder[$"{unsynced}"], unsynced);
        }

        return await database.CutAsync();
    }

    private async Task AssertEverythingHoldsAsync(TestDatabase left)
    {
        foreach (var unsynced in Enum.GetValues<Unsynced>())
        {
            Assert.Empty(await FindAsync(left, unsynced));
        }
    }

    private Task<IReadOnlyList<string>> FindAsync(TestDatabase left, Unsynced unsynced) =>
        new ContentAudit(left.ConnectionString, folder[$"{unsynced}/storage"]).FindAsync();

    // The whole scenario, and then the erasing of what it deleted.
    private async Task RunAllAsync(TestHarbor harbor, PushScenario scenario)
    {
        Assert.Null(await scenario.RunAsync(harbor.Url));
        shifted = 2 * CrashWorld.Grace;
        await database.ShiftClockAsync(shifted);
        await harbor.Services.GetRequiredService<ContentUpkeep>().RunOnceAsync(CancellationToken.None);
    }

    private Task<TestHarbor> ServeAsync(TestDatabase on, string data, PosixFiles files, PausePoints points) => TestHarbor.StartAsync(new TestHarborOptions
    {
        Database = on,
        DataDirectory = folder[data],
        GarbageGrace = CrashWorld.Grace,
        Services = services => services.AddSingleton(files).AddSingleton(points),
    });
}
