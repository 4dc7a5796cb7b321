using Harbor.Integration.Content;
using Harbor.Modules.Artifacts;
using Harbor.Modules.Artifacts.Copying;
using Xunit;

namespace Harbor.Integration.Api;

/// <summary>Something is copied while it is deleted, at one end or the other: one of the two fails, or the copy is whole.</summary>
public sealed class ArtifactCopyRaceTests : IAsyncLifetime
{
    private const string Lock = "ORDER BY id FOR KEY SHARE";

    private static readonly TestImage Child = TestImage.Of("child", TestImage.Bytes(1));
    private static readonly TestManifest Index = TestManifest.Index(Child.Manifest);

    private ContentHost host = null!;
    private RepositoryScope source = null!;
    private RepositoryScope target = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ContentHost.StartAsync();
        await host.ProjectAsync("other");
        source = await host.RepositoryAsync();
        target = await host.RepositoryAsync("other/web");
        await host.PushImageAsync(source, Child);
        await host.PushAsync(source, Index, "v1");
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_copy_that_waits_for_the_deletion_of_its_original_finds_nothing()
    {
        Assert.Equal(("NOT_FOUND", Outcome.Done), await DeleteFirstAsync(() => host.DeleteAsync(source, Index)));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_deletion_of_the_original_waits_for_the_copy_which_is_whole()
    {
        Assert.Equal((Outcome.Done, Outcome.Done), await CopyFirstAsync(() => host.DeleteAsync(source, Index)));
        Assert.NotNull(await host.ReadAsync(target, Oci.Digest.Of(Child.Layers[0])));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_child_that_the_target_has_is_copied_when_it_is_deleted_there_meanwhile()
    {
        await host.PushImageAsync(target, Child);

        Assert.Equal((Outcome.Done, Outcome.Done), await DeleteFirstAsync(() => host.DeleteAsync(target, Child.Manifest)));
        Assert.NotNull(await host.Manifests.FindAsync(target, Child.Manifest.Digest, CancellationToken.None));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_deletion_of_a_child_at_the_target_waits_for_the_copy_that_needs_it_and_then_refuses()
    {
        await host.PushImageAsync(target, Child);

        Assert.Equal((Outcome.Done, "VIOLATE_FOREIGN_KEY_CONSTRAINT"), await CopyFirstAsync(() => host.DeleteAsync(target, Child.Manifest)));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task Without_its_lock_a_copy_would_become_visible_whose_child_is_deleted()
    {
        await host.PushImageAsync(target, Child);
        await host.DropForeignKeysAsync();
        host.Rewrite(Lock, "ORDER BY id");

        Assert.Equal((Outcome.Done, Outcome.Done), await CopyFirstAsync(() => host.DeleteAsync(target, Child.Manifest)));
        Assert.Contains(await host.Audit.FindAsync(), finding => finding.Contains("names a child that is not visible", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_copies_at_once_are_counted_once()
    {
        var stored = host.Points.HoldAt("copy.settled");
        var first = Outcome.OfAsync(CopyAsync());
        await stored.ReachedAsync();
        var second = Outcome.OfAsync(CopyAsync());
        Assert.True(await host.WaitsAsync(second));
        stored.Release();

        Assert.Equal((Outcome.Done, Outcome.Done), (await first, await second));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task Whatever_pushes_copies_and_deletions_meet_the_quota_is_what_a_recount_finds()
    {
        var layer = TestImage.Bytes(7);
        var images = Enumerable.Range(0, 4).Select(each => TestImage.Of($"image {each}", layer, TestImage.Bytes(20 + each))).ToArray();
        RepositoryScope[] places = [source, target, await host.RepositoryAsync("other/third")];
        foreach (var image in images)
        {
            await host.PushImageAsync(source, image, "tag");
        }

        string[] expected = [Outcome.Done, "NOT_FOUND", "MANIFEST_BLOB_UNKNOWN", "VIOLATE_FOREIGN_KEY_CONSTRAINT"];
        var told = await Task.WhenAll(Enumerable.Range(0, 6).Select(worker => Task.Run(async () =>
        {
#pragma warning disable CA5394 // Repeatable, not secret.
            var random = new Random(worker);
            var outcomes = new HashSet<string>();
            for (var round = 0; round < 25; round++)
            {
                var (image, from, to) = (images[random.Next(images.Length)], places[random.Next(places.Length)], places[random.Next(places.Length)]);
                outcomes.Add(await Outcome.OfAsync(random.Next(5) switch
                {
                    0 => host.PushImageAsync(to, image, "tag"),
                    1 => host.DeleteAsync(to, image.Manifest),
                    2 => host.PushAsync(to, TestManifest.Index(image.Manifest, images[0].Manifest), "tag"),
                    3 => host.DeleteAsync(to, Index),
                    _ => host.Get<ArtifactCopy>().CopyAsync(from, random.Next(2) == 0 ? "tag" : image.Manifest.Digest.Value, to, CancellationToken.None),
                }));
            }

            return outcomes;
#pragma warning restore CA5394
        })));

        Assert.Empty(told.SelectMany(each => each).Except(expected));
        Assert.Empty(await host.Audit.FindAsync());
    }

    private Task CopyAsync() => host.Get<ArtifactCopy>().CopyAsync(source, "v1", target, CancellationToken.None);

    private async Task<(string Copy, string Deletion)> CopyFirstAsync(Func<Task> delete)
    {
        var stored = host.Points.HoldAt("copy.stored");
        var copying = Outcome.OfAsync(CopyAsync());
        await stored.ReachedAsync();
        var deleting = Outcome.OfAsync(delete());
        await host.WaitsAsync(deleting);
        stored.Release();
        return (await copying, await deleting);
    }

    private async Task<(string Copy, string Deletion)> DeleteFirstAsync(Func<Task> delete)
    {
        var hidden = host.Points.HoldAt("delete.hidden");
        var deleting = Outcome.OfAsync(delete());
        await hidden.ReachedAsync();
        var copying = Outcome.OfAsync(CopyAsync());
        Assert.True(await host.WaitsAsync(copying));
        hidden.Release();
        return (await copying, await deleting);
    }
}
