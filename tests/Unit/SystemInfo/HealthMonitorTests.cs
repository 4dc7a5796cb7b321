using Harbor.Contracts;
using Harbor.Modules.SystemInfo;
using Harbor.Platform.Diagnostics;
using Harbor.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Harbor.Unit.SystemInfo;

public sealed class HealthMonitorTests
{
    [Fact]
    public async Task The_last_answers_stand_until_the_next_round_ten_seconds_later()
    {
        var clock = new ManualClock();
        var component = new ChangingHealth();
        using var monitor = new HealthMonitor([component], clock, NullLogger<HealthMonitor>.Instance);
        await monitor.StartAsync(CancellationToken.None);
        Assert.Equal("healthy", await StatusAsync(monitor));

        component.Error = "ill";
        await WaitingAsync(clock);
        clock.Advance(HealthMonitor.Interval - TimeSpan.FromMilliseconds(1));
        Assert.Equal(("healthy", 1), (await StatusAsync(monitor), component.Asked));

        clock.Advance(TimeSpan.FromMilliseconds(1));
        await AskedAsync(component, 2);
        await WaitingAsync(clock);
        Assert.Equal("unhealthy", await StatusAsync(monitor));
        await monitor.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Parts_stand_in_the_order_of_their_names_and_one_that_is_ill_makes_the_whole_unhealthy()
    {
        using var monitor = new HealthMonitor(
            [new ChangingHealth { Name = "registry" }, new ChangingHealth { Name = "core", Error = "ill" }], new ManualClock(), NullLogger<HealthMonitor>.Instance);
        await monitor.StartAsync(CancellationToken.None);

        var health = await monitor.GetAsync(CancellationToken.None);

        Assert.Equal(
            [new ComponentHealthDto { Name = "core", Status = "unhealthy", Error = "ill" }, new ComponentHealthDto { Name = "registry", Status = "healthy" }],
            health.Components);
        Assert.Equal("unhealthy", health.Status);
        await monitor.StopAsync(CancellationToken.None);
    }

    [Theory]
    [InlineData("2.16.0+9f86d081884c7d659a2feaa0", "v2.16.0-9f86d081")]
    [InlineData("2.16.0+9f86", "v2.16.0-9f86")]
    [InlineData("2.16.0", "v2.16.0")]
    public void The_version_names_the_release_and_the_commit_it_was_built_from(string informational, string expected) =>
        Assert.Equal(expected, ServerVersion.Of(informational));

    private static async Task<string> StatusAsync(HealthMonitor monitor) => (await monitor.GetAsync(CancellationToken.None)).Status;

    // The monitor runs on threads of its own: it is waited for, and its clock is not.
    private static Task WaitingAsync(ManualClock clock) => UntilAsync(() => clock.Waiting == 1);

    private static Task AskedAsync(ChangingHealth component, int times) => UntilAsync(() => component.Asked == times);

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var attempt = 0; attempt < 500 && !condition(); attempt++)
        {
            await Task.Delay(10);
        }

        Assert.True(condition());
    }

    private sealed class ChangingHealth : IComponentHealth
    {
        private int asked;

        public string Name { get; init; } = "part";

        public string? Error { get; set; }

        public int Asked => asked;

        public Task<string?> CheckAsync(CancellationToken ct)
        {
            Interlocked.Increment(ref asked);
            return Task.FromResult(Error);
        }
    }
}
