using Harbor.Oci;
using Xunit;

namespace Harbor.Integration.Content.Races;

/// <summary>A manifest is pushed while one of its blobs is collected, or deleted by hand: the reference is seen, or the blob is missed.</summary>
public sealed class ManifestAndCollectionTests : IAsyncLifetime
{
    private const string WithLock = "starts_with(location, 'lost/'), false) ORDER BY id FOR KEY SHARE";
    private const string WithoutLock = "starts_with(location, 'lost/'), false) ORDER BY id";

    private static readonly TestImage Image = TestImage.Of("raced", TestImage.Bytes(1));
    private static readonly Digest Layer = Digest.Of(Image.Layers[0]);

    private ContentHost host = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ContentHost.StartAsync();
        var web = await host.RepositoryAsync();
        foreach (var blob in Image.Blobs)
        {
            await host.UploadAsync(web, blob);
        }
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_deletion_of_a_blob_waits_for_the_push_that_names_it_and_then_refuses()
    {
        Assert.Equal((Outcome.Done, "METHOD_NOT_ALLOWED"), await PushFirstAsync(DeleteByHandAsync));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_push_waits_for_the_deletion_of_its_blob_and_then_names_what_is_missing()
    {
        Assert.Equal(("MANIFEST_BLOB_UNKNOWN", Outcome.Done), await PushLastAsync(DeleteByHandAsync, "blob-delete.locked"));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_collector_waits_for_the_push_that_names_its_blob_and_then_sees_the_reference()
    {
        await host.Testing.ShiftClockAsync(2 * ContentHost.Grace);

        Assert.Equal((Outcome.Done, Outcome.Done), await PushFirstAsync(CollectAsync));
        Assert.Equal(Image.Layers[0], await host.ReadAsync(await host.RepositoryAsync(), Layer));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_push_waits_for_the_collector_of_its_blob_and_then_names_what_is_missing()
    {
        await host.Testing.ShiftClockAsync(2 * ContentHost.Grace);

        Assert.Equal(("MANIFEST_BLOB_UNKNOWN", Outcome.Done), await PushLastAsync(CollectAsync, "collect.looked"));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task Without_its_lock_a_push_is_not_waited_for_and_only_a_foreign_key_stops_it()
    {
        host.Rewrite(WithLock, WithoutLock);

        Assert.Equal(("PostgresException", Outcome.Done), await PushFirstAsync(DeleteByHandAsync));
    }

    [Fact]
    public async Task Without_lock_and_foreign_keys_a_visible_artifact_loses_its_blob()
    {
        await host.Testing.ShiftClockAsync(2 * ContentHost.Grace);
        await host.DropForeignKeysAsync();
        host.Rewrite(WithLock, WithoutLock);

        Assert.Equal((Outcome.Done, Outcome.Done), await PushFirstAsync(CollectAsync));
        Assert.Contains(await host.Audit.FindAsync(), finding => finding.Contains("names a blob that is gone", StringComparison.Ordinal));
    }

    // The push is held when it has looked and has not yet written a reference; the other begins then.
    private async Task<(string Push, string Other)> PushFirstAsync(Func<Task> other)
    {
        var stored = host.Points.HoldAt("manifest.stored");
        var pushing = Outcome.OfAsync(PushAsync());
        await stored.ReachedAsync();
        var removing = Outcome.OfAsync(other());
        await host.WaitsAsync(removing);
        stored.Release();
        return (await pushing, await removing);
    }

    // The other is held between its lock and its removing; the push begins then.
    private async Task<(string Push, string Other)> PushLastAsync(Func<Task> other, string point)
    {
        var held = host.Points.HoldAt(point);
        var removing = Outcome.OfAsync(other());
        await held.ReachedAsync();
        var pushing = Outcome.OfAsync(PushAsync());
        Assert.True(await host.WaitsAsync(pushing));
        held.Release();
        return (await pushing, await removing);
    }

    private async Task PushAsync() => await host.PushAsync(await host.RepositoryAsync(), Image.Manifest, "v1");

    private async Task DeleteByHandAsync() => await host.DeleteBlobAsync(await host.RepositoryAsync(), Layer);

    private Task CollectAsync() => host.CollectAsync();
}
