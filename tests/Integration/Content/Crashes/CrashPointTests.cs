using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using Harbor.Modules.Artifacts;
using Harbor.Modules.SystemInfo;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Content.Crashes;

/// <summary>kill -9 between any two steps of a push, a deletion, a restoring, a collection or an erase: what was acknowledged holds, the rest is whole or not there.</summary>
public sealed partial class CrashPointTests(CrashPointTests.Fixture fixture) : IClassFixture<CrashPointTests.Fixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static int seed;

    private readonly CrashWorld world = fixture.World;

    /// <summary>Every point that the scenario passes: a new one is a new case by itself.</summary>
    public static async Task<IEnumerable<TheoryDataRow<string>>> Points()
    {
        await using var world = await CrashWorld.CreateAsync();
        return (await ObserveAsync(world)).Order(StringComparer.Ordinal).Select(name => new TheoryDataRow<string>(name)).ToList();
    }

    [Theory]
    [MemberData(nameof(Points), DisableDiscoveryEnumeration = true)]
    public async Task A_server_killed_here_has_kept_its_word_when_it_is_back(string point)
    {
        var scenario = new PushScenario(Interlocked.Increment(ref seed), world.AgeAsync);

        await CrashAsync(point, scenario);

        await world.SettleAsync();
        Assert.Empty(await world.Audit.FindAsync());
        await using var harbor = await world.ServeAsync();
        await scenario.CheckAsync(harbor.Url);
        await world.TidyAsync(harbor);
        await scenario.CheckAsync(harbor.Url, later: true);
        Assert.Null(await scenario.RunAsync(harbor.Url));
        await scenario.CheckAsync(harbor.Url);

        // What the scenario deleted last is due when the next server starts.
        await world.PassAsync(2 * CrashWorld.Grace);
    }

    [Fact]
    public async Task Every_pause_point_of_the_content_store_is_one_that_the_scenario_passes()
    {
        await using var own = await CrashWorld.CreateAsync();
        var passed = await ObserveAsync(own);
        var families = passed.Select(name => name.Split('.')[0]).ToHashSet();

        Assert.Empty(PointsInTheCode().Where(name => families.Contains(name.Split('.')[0])).Except(passed));
    }

    private async Task CrashAsync(string point, PushScenario scenario)
    {
        await using var harbor = HarborProcess.Launch(world.Process(point));
        if (await harbor.TryGetReadyAsync())
        {
            // Points of erasing are passed at the start, and maybe before this.
            using var over = new CancellationTokenSource(Patience);
            while (!harbor.HasExited)
            {
                over.Token.ThrowIfCancellationRequested();
                await scenario.RunAsync(harbor.Url);
            }
        }

        await harbor.WaitForExitAsync();
        Assert.Contains($"Crashing at {point}", harbor.Errors);
    }

    private static async Task<IReadOnlyCollection<string>> ObserveAsync(CrashWorld world)
    {
        var points = new HoldingPoints();
        await using var harbor = await world.ServeAsync(points);
        Assert.Null(await new PushScenario(Interlocked.Increment(ref seed), world.AgeAsync).RunAsync(harbor.Url));
        await harbor.Services.GetRequiredService<HealthMonitor>().GetAsync(CancellationToken.None);
        await world.PassAsync(2 * CrashWorld.Grace);
        await harbor.Services.GetRequiredService<ContentUpkeep>().RunOnceAsync(CancellationToken.None);
        return [.. points.Visits.Keys];
    }

    private static IEnumerable<string> PointsInTheCode()
    {
        using var file = new PEReader(File.OpenRead(typeof(ContentUpkeep).Assembly.Location));
        var metadata = file.GetMetadataReader();
        for (var text = MetadataTokens.UserStringHandle(1); !text.IsNil; text = metadata.GetNextHandle(text))
        {
            if (PointName().IsMatch(metadata.GetUserString(text)))
            {
                yield return metadata.GetUserString(text);
            }
        }
    }

    [GeneratedRegex("^[a-z-]+[.][a-z-]+$")]
    private static partial Regex PointName();

    /// <summary>Bytes that wait to be erased lie in it from the beginning.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        public CrashWorld World { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            World = await CrashWorld.CreateAsync();
            await using var harbor = await World.ServeAsync();
            Assert.Null(await new PushScenario(Interlocked.Increment(ref seed), World.AgeAsync).RunAsync(harbor.Url));
            await World.PassAsync(2 * CrashWorld.Grace);
        }

        public ValueTask DisposeAsync() => World.DisposeAsync();
    }
}
