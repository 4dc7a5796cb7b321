using Harbor.Platform.Data;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Harbor.Integration.Startup;

public sealed class InstanceMarkerTests
{
    [Fact]
    public async Task Storage_matches_the_database_that_marked_it_and_its_replicas()
    {
        await using var one = await TestHarbor.StartAsync();
        await using var other = await one.ReplicaAsync();

        Assert.True(await MatchesAsync(one));
        Assert.True(await MatchesAsync(other));
    }

    [Fact]
    public async Task Storage_does_not_match_a_copy_of_its_database_and_the_operator_is_told()
    {
        await using var original = await TestHarbor.StartAsync();

        // Copied from the same template: the same installation's id, another database.
        await using var copy = await TestHarbor.StartAsync(new TestHarborOptions { DataDirectory = original.DataDirectory });

        Assert.True(await MatchesAsync(original));
        Assert.False(await MatchesAsync(copy));
        Assert.Contains(copy.Logs.Entries, entry => entry.Level == LogLevel.Warning && entry.Message.Contains("belongs to another database", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Storage_without_a_marker_does_not_match_until_the_next_start()
    {
        await using var harbor = await TestHarbor.StartAsync();
        File.Delete(Path.Combine(harbor.DataDirectory, "storage", InstanceMarker.FileName));

        Assert.False(await MatchesAsync(harbor));

        await using var next = await harbor.ReplicaAsync();
        Assert.True(await MatchesAsync(next));
    }

    private static Task<bool> MatchesAsync(TestHarbor harbor) => harbor.Services.GetRequiredService<InstanceMarker>().MatchesAsync(CancellationToken.None);
}
