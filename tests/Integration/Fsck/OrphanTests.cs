using Harbor.Integration.Content;
using Harbor.Modules.Fsck;
using Harbor.Oci;
using Xunit;

namespace Harbor.Integration.Fsck;

public sealed class OrphanTests
{
    private static readonly FsckOptions Erase = new() { EraseOrphans = true };

    [Fact]
    public async Task Orphans_of_more_than_a_day_are_queued_and_then_erased_and_younger_ones_stay()
    {
        await using var registry = await RegistryUnderFsck.StartAsync();
        var (old, young) = (registry.PathOf("uploads/00/old"), registry.PathOf("uploads/00/young"));
        await File.WriteAllTextAsync(old, "12345", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(young, "123", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(old, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-25));

        var result = await registry.RunAsync(Erase);

        Assert.Equal(
            [("uploads/00/old", FindingOutcome.Queued), ("uploads/00/young", FindingOutcome.Remains)],
            result.Findings.Select(finding => (finding.Location!, finding.Outcome)).Order());
        Assert.Contains((FindingKind.Orphan, FindingOutcome.Queued, 1L, 5L), result.Tally.Findings);
        Assert.Equal((1, 1), (result.Tally.Open, result.Tally.Waiting));
        await registry.Harbor.ShiftDatabaseClockAsync(TimeSpan.FromHours(1));
        await registry.EraseAsync();
        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young));
        Assert.Empty(await registry.Audit.FindAsync());
    }

    [Fact]
    public async Task Repairing_erases_no_orphan()
    {
        await using var registry = await RegistryUnderFsck.StartAsync();
        var stray = registry.PathOf("uploads/00/old");
        await File.WriteAllTextAsync(stray, "12345", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(stray, TimeProvider.System.GetUtcNow().UtcDateTime.AddYears(-1));

        var result = await registry.CheckAsync(repair: true);

        Assert.Equal([(FindingKind.Orphan, FindingOutcome.Remains)], result.Kinds);
        Assert.Equal(0L, await registry.Harbor.Database.QueryAsync("SELECT count(*) FROM erasure"));
    }

    [Fact]
    public async Task Beside_a_server_that_takes_pushes_and_deletes_nothing_is_found_and_nothing_is_queued()
    {
        await using var registry = await RegistryUnderFsck.StartAsync();
        using var enough = new CancellationTokenSource();
        var pushers = Enumerable.Range(0, 4).Select(async client =>
        {
            var turn = 0;
            while (!enough.IsCancellationRequested)
            {
                await PushAndDeleteAsync(registry, client, turn++);
            }

            return turn;
        }).ToList();
        var tidying = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                await registry.EraseAsync();
            }
        }, TestContext.Current.CancellationToken);

        for (var round = 0; round < 30; round++)
        {
            var options = new FsckOptions { Deep = round % 2 == 0, Repair = round % 3 == 0, EraseOrphans = round % 3 == 0, OlderThan = TimeSpan.Zero };
            Assert.Empty((await registry.RunAsync(options)).Findings);
        }

        await enough.CancelAsync();
        Assert.All(await Task.WhenAll(pushers), turns => Assert.True(turns > 1, "nothing was pushed meanwhile"));
        await tidying;
        Assert.Empty(await registry.Audit.FindAsync());
    }

    // In every way there is: at once, in chunks, given up half-way, twice, deleted again.
    private static async Task PushAndDeleteAsync(RegistryUnderFsck registry, int client, int turn)
    {
        var seed = (client * 100_000) + turn + 10;
        using var pusher = new RegistryClient(registry.Harbor.Url, $"{registry.Client.Repository}-{client}");
        var shared = TestImage.Bytes(turn + 10, 20_000);
        var image = TestImage.Of($"{seed}", TestImage.Bytes(seed, 50_000), shared);
        await pusher.PushAsync(image, "latest");
        await pusher.PutInChunksAsync(TestImage.Bytes(seed + 50_000, 30_000), 3);
        var given = await pusher.StartAsync();
        await pusher.AppendAsync(given, 0, TestImage.Bytes(seed, 1000));
        (await pusher.SendAsync(HttpMethod.Delete, given, [])).Dispose();
        await pusher.PostAsync(shared);
        await pusher.DeleteAsync($"blobs/{Digest.Of(TestImage.Bytes(seed + 50_000, 30_000))}");
    }
}
