using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Harbor.Integration.Content.Races;

/// <summary>Two transactions that wait for each other: the database ends one, and it is run again, whole.</summary>
public sealed class DeadlockTests
{
    private static readonly TestImage Child = TestImage.Of("child", TestImage.Bytes(1));
    private static readonly TestManifest Inner = TestManifest.Index(Child.Manifest);
    private static readonly TestManifest Outer = TestManifest.Index(Child.Manifest, Inner);

    [Fact]
    public async Task A_push_and_a_deletion_that_deadlock_are_run_again_and_one_of_them_is_refused()
    {
        using var logs = new CapturedLogs();
        await using var host = await ContentHost.StartAsync(services => services.AddLogging(logging => logging.AddProvider(logs)));
        var web = await host.RepositoryAsync();
        await host.PushImageAsync(web, Child);
        await host.PushAsync(web, Inner, "inner");

        // The deletion holds the inner index and will want its child; the push holds the child and wants the inner index.
        var held = host.Points.HoldAt("delete.held");
        var deleting = Outcome.OfAsync(host.DeleteAsync(web, Inner));
        await held.ReachedAsync();
        var pushing = Outcome.OfAsync(host.PushAsync(web, Outer, "outer"));
        Assert.True(await host.WaitsAsync(pushing));
        held.Release();

        Assert.Contains((await pushing, await deleting), new[] { (Outcome.Done, "VIOLATE_FOREIGN_KEY_CONSTRAINT"), ("MANIFEST_BLOB_UNKNOWN", Outcome.Done) });
        Assert.Contains(logs.Entries, entry => entry.Message.Contains("is run again", StringComparison.Ordinal));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_transaction_that_cannot_have_its_lock_in_time_is_refused_and_may_be_tried_again()
    {
        await using var host = await ContentHost.StartAsync();
        var web = await host.RepositoryAsync();
        await host.PushImageAsync(web, Child);
        var held = host.Points.HoldAt("delete.held");
        var deleting = Outcome.OfAsync(host.DeleteAsync(web, Child.Manifest));
        await held.ReachedAsync();
        host.Rewrite("ORDER BY id FOR KEY SHARE", "ORDER BY id FOR KEY SHARE NOWAIT");   // as after the ten seconds it waits

        Assert.Equal("SERVICE_UNAVAILABLE", await Outcome.OfAsync(host.PushAsync(web, Inner, "v1")));

        held.Release();
        Assert.Equal(Outcome.Done, await deleting);
        Assert.Equal("MANIFEST_BLOB_UNKNOWN", await Outcome.OfAsync(host.PushAsync(web, Inner, "v1")));
        Assert.Empty(await host.Audit.FindAsync());
    }
}
