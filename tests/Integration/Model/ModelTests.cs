using System.Globalization;
using Xunit;

namespace Harbor.Integration.Model;

/// <summary>
/// Whatever clients do, in whatever order, while replicas die and the collector runs with almost no grace: no live blob is ever missing,
/// no dead blob survives two collections after its grace, and quota is what a recount finds.
/// </summary>
[Collection(nameof(Jobs.TimedTests))]
public sealed class ModelTests
{
    private const int Actors = 10;
    private const int Steps = 40;

    // 500 unless said otherwise: HARBOR_MODEL_SEEDS=10000 takes its time.
    private static int Seeds => Environment.GetEnvironmentVariable("HARBOR_MODEL_SEEDS") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 500;

    [Fact]
    public async Task The_registry_shows_what_the_model_shows_and_keeps_nothing_else()
    {
        var (kills, collected) = (0, 0L);
        for (var seed = 0; seed < Seeds; seed += Actors)
        {
            await using var world = await ModelWorld.CreateAsync(seed);
            var actors = Enumerable.Range(seed, Actors).Select(number => new ModelActor(world, number)).ToList();
            using var end = new CancellationTokenSource();
            var living = world.LiveAsync(end.Token);
            await Task.WhenAll(actors.Select(actor => Task.Run(() => actor.RunAsync(Steps))));
            await end.CancelAsync();
            await living;

            await Task.WhenAll(actors.Select(actor => actor.CheckAllAsync()));
            Assert.Empty(await world.Home.Audit.FindAsync());
            Assert.Empty(await world.FindRemainsAsync());
            await Task.WhenAll(actors.Select(actor => actor.CheckAllAsync()));
            (kills, collected) = (kills + world.Kills, collected + world.Collected);
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{Seeds} seeds of {Steps} steps: {kills} replicas killed, {collected} blobs collected while they ran");
        Assert.True(kills > 0 && collected > 0, "nothing died, or nothing was collected: this shows nothing");
    }
}
