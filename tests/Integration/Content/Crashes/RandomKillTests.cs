using System.Collections.Concurrent;
using System.Globalization;
using Harbor.Platform.Data.Embedded;
using Harbor.Support;
using Npgsql;
using Xunit;

namespace Harbor.Integration.Content.Crashes;

/// <summary>kill -9 at any moment while several clients push into one project: every acknowledged push is complete after the restart.</summary>
public sealed class RandomKillTests
{
    private const int Clients = 4;
    private const int Kills = 50;
    private const int KillsOfTheDatabase = 4;
    private const int SigKill = 9;

    [Fact]
    public async Task After_each_of_fifty_kills_every_acknowledged_push_is_complete()
    {
        await using var world = await CrashWorld.CreateAsync();
        var random = Random(1);
        var pushed = new List<PushScenario>();
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var harbor = await HarborProcess.StartAsync(world.Process());
            await CheckAllAsync(pushed.TakeLast(Clients), harbor.Url);
            var pushing = PushAsync(harbor.Url, kill);
            await Task.Delay(random.Next(20, 400), CancellationToken.None);
            await harbor.KillAsync();
            pushed.AddRange(await pushing);
            await world.SettleAsync();
            if (kill % 10 == 9)
            {
                Assert.Empty(await world.Audit.FindAsync());
            }
        }

        await using var last = await world.ServeAsync();
        await CheckAllAsync(pushed, last.Url);
        await world.TidyAsync(last);
        await CheckAllAsync(pushed, last.Url, later: true);
    }

    [Fact]
    public async Task The_embedded_database_killed_with_its_server_has_lost_no_acknowledged_push()
    {
        using var folder = new TemporaryDirectory();
        var options = new HarborProcessOptions
        {
            DataDirectory = folder["data"],
            Environment = new Dictionary<string, string> { ["HARBOR_ADMIN_PASSWORD"] = TestHarbor.AdminPassword },
        };
        var random = Random(2);
        var pushed = new List<PushScenario>();
        for (var kill = 0; kill < KillsOfTheDatabase; kill++)
        {
            await using var harbor = await HarborProcess.StartAsync(options);
            await CheckAllAsync(pushed, harbor.Url);
            var pushing = PushAsync(harbor.Url, kill);
            await Task.Delay(random.Next(100, 600), CancellationToken.None);

            // The server, the postmaster and every session, as when the machine's power button is held but the disk's caches live.
            var sessions = await SessionsAsync(harbor);
            var killing = harbor.KillAsync();
            sessions.ForEach(session => Posix.Signal(session, SigKill));
            await killing;
            pushed.AddRange(await pushing);
        }

        await using var last = await HarborProcess.StartAsync(options);
        await CheckAllAsync(pushed, last.Url);
        var audit = new ContentAudit(
            new NpgsqlConnectionStringBuilder { Host = last.DatabaseDirectory, Username = "harbor", Database = EmbeddedPostgres.DatabaseName, SslMode = SslMode.Disable }.ConnectionString,
            folder["data/storage"]);
        Assert.Empty(await audit.FindAsync());
    }

    private static async Task<List<int>> SessionsAsync(HarborProcess harbor)
    {
        var sessions = (string)(await harbor.QueryDatabaseAsync("SELECT string_agg(pid::text, ',') FROM pg_stat_activity"))!;
        return [harbor.DatabaseProcessId, .. sessions.Split(',').Select(session => int.Parse(session, CultureInfo.InvariantCulture))];
    }

    // Each client goes through scenarios of its own until it is no longer answered.
    private static async Task<IReadOnlyCollection<PushScenario>> PushAsync(Uri server, int round)
    {
        var begun = new ConcurrentBag<PushScenario>();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            string? unanswered = null;
            for (var turn = 0; unanswered is null; turn++)
            {
                var scenario = new PushScenario((round * 1000) + (client * 100) + turn);
                begun.Add(scenario);
                unanswered = await scenario.RunAsync(server);
            }
        }));
        return begun;
    }

    private static async Task CheckAllAsync(IEnumerable<PushScenario> pushed, Uri server, bool later = false)
    {
        foreach (var scenario in pushed)
        {
            await scenario.CheckAsync(server, later);
        }
    }

#pragma warning disable CA5394 // Repeatable, not secret.
    private static Random Random(int seed) => new(seed);
#pragma warning restore CA5394
}
