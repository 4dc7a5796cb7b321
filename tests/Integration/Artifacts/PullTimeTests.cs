using Harbor.Integration.Api;
using Harbor.Integration.Content;
using Harbor.Modules.Artifacts.Pulls;
using Harbor.Platform.Data;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Artifacts;

/// <summary>What pulls leave behind: counts and times.</summary>
public sealed class PullTimeTests
{
    private const string Never = "0001-01-01T00:00:00.000Z";

    private static readonly TestImage Part = TestImage.Of("part", TestImage.Bytes(1));
    private static readonly TestImage Other = TestImage.Of("other", TestImage.Bytes(2));
    private static readonly TestManifest Index = TestManifest.Index(Part.Manifest, Other.Manifest);

    [Fact]
    public async Task A_pulled_part_gives_its_time_to_the_index_it_is_of()
    {
        await using var harbor = await TestHarbor.StartAsync();
        using var images = await PushedAsync(harbor);

        Assert.NotNull(await images.Registry.GetAsync($"manifests/{Part.Manifest.Digest}"));
        await harbor.Services.GetRequiredService<PullFlush>().FlushAsync(CancellationToken.None);

        var times = await TimesAsync(harbor, images);
        Assert.NotEqual(Never, times[Part.Manifest.Digest.Value]);
        Assert.Equal(times[Part.Manifest.Digest.Value], times[Index.Digest.Value]);
        Assert.Equal(Never, times[Other.Manifest.Digest.Value]);
        Assert.Equal(Never, await TagTimeAsync(harbor, images));
        Assert.Equal(1, await CountAsync(harbor, images));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    public async Task Synchronous_pulls_are_written_down_before_they_end(string seconds)
    {
        await using var harbor = await StartAsync(("ARTIFACT_PULL_ASYNC_FLUSH_DURATION", seconds));
        using var images = await PushedAsync(harbor);

        Assert.NotNull(await images.Registry.GetAsync("manifests/v1"));

        Assert.Equal(1, await CountAsync(harbor, images));
        Assert.NotEqual(Never, await TagTimeAsync(harbor, images));
    }

    [Fact]
    public async Task The_operator_may_do_without_counts_or_without_times()
    {
        await using var harbor = await StartAsync(("PULL_COUNT_UPDATE_DISABLE", "true"), ("ARTIFACT_PULL_ASYNC_FLUSH_DURATION", "3600"));
        using var images = await PushedAsync(harbor);
        Assert.NotNull(await images.Registry.GetAsync("manifests/v1"));
        await harbor.Services.GetRequiredService<PullFlush>().FlushAsync(CancellationToken.None);
        Assert.Equal(0, await CountAsync(harbor, images));
        Assert.NotEqual(Never, await TagTimeAsync(harbor, images));

        await using var other = await StartAsync(("PULL_TIME_UPDATE_DISABLE", "true"));
        using var timeless = await PushedAsync(other);
        Assert.NotNull(await timeless.Registry.GetAsync("manifests/v1"));
        await other.Services.GetRequiredService<PullFlush>().FlushAsync(CancellationToken.None);
        Assert.Equal(1, await CountAsync(other, timeless));
        Assert.All((await TimesAsync(other, timeless)).Values, time => Assert.Equal(Never, time));
    }

    [Theory]
    [InlineData("ARTIFACT_PULL_ASYNC_FLUSH_DURATION", "soon")]
    [InlineData("ARTIFACT_PULL_ASYNC_FLUSH_DURATION", "3601")]
    [InlineData("PULL_TIME_UPDATE_DISABLE", "perhaps")]
    public async Task A_setting_that_makes_no_sense_stops_the_start(string variable, string value) =>
        Assert.Contains(variable, (await Assert.ThrowsAsync<StartupException>(() => StartAsync((variable, value)))).Message, StringComparison.Ordinal);

    private static Task<TestHarbor> StartAsync(params (string Name, string Value)[] variables) =>
        TestHarbor.StartAsync(new TestHarborOptions { Variables = variables.ToDictionary(each => each.Name, each => each.Value) });

    private static async Task<ContentRepository> PushedAsync(TestHarbor harbor)
    {
        var images = new ContentRepository(harbor, "library", "web");
        await images.Registry.PushAsync(Part);
        await images.Registry.PushAsync(Other);
        await images.Registry.PushAsync(Index, "v1");
        return images;
    }

    private static async Task<Dictionary<string, string>> TimesAsync(TestHarbor harbor, ContentRepository images) =>
        (await harbor.Admin.JsonAsync($"{images.Artifacts}?q=base%3D*")).AsArray().ToDictionary(each => (string)each!["digest"]!, each => (string)each!["pull_time"]!);

    private static async Task<string> TagTimeAsync(TestHarbor harbor, ContentRepository images) =>
        (string)(await harbor.Admin.JsonAsync($"{images.Artifacts}/v1/tags"))[0]!["pull_time"]!;

    private static async Task<int> CountAsync(TestHarbor harbor, ContentRepository images) => (int)(await harbor.Admin.JsonAsync(images.Path))["pull_count"]!;
}
