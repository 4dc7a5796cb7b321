using Harbor.Modules.Artifacts;
using Xunit;

namespace Harbor.Integration.Content.Races;

/// <summary>Artifacts that share a layer are pushed and deleted at once: the quota is what a recount finds.</summary>
public sealed class SharedLayerTests : IAsyncLifetime
{
    private static readonly byte[] Layer = TestImage.Bytes(1, 50_000);
    private static readonly TestImage Old = TestImage.Of("old", Layer, TestImage.Bytes(2));
    private static readonly TestImage New = TestImage.Of("new", Layer, TestImage.Bytes(3));

    private ContentHost host = null!;
    private RepositoryScope web = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ContentHost.StartAsync();
        web = await host.RepositoryAsync();
        await host.PushImageAsync(web, Old, "old");
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Theory]
    [InlineData("library/web")]
    [InlineData("library/other")]
    public async Task A_deletion_waits_for_the_push_that_shares_its_layer_and_both_are_counted(string repository)
    {
        var other = await host.RepositoryAsync(repository);
        await UploadNewAsync(other);
        var linked = host.Points.HoldAt("manifest.linked");
        var pushing = Outcome.OfAsync(host.PushAsync(other, New.Manifest, "new"));
        await linked.ReachedAsync();
        var deleting = Outcome.OfAsync(host.DeleteAsync(web, Old.Manifest));
        await host.WaitsAsync(deleting);
        linked.Release();

        Assert.Equal((Outcome.Done, Outcome.Done), (await pushing, await deleting));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Theory]
    [InlineData("library/web")]
    [InlineData("library/other")]
    public async Task A_push_waits_for_the_deletion_that_shares_its_layer_and_both_are_counted(string repository)
    {
        await PushLastAsync(await host.RepositoryAsync(repository));

        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task Uses_counted_from_what_a_statement_saw_before_it_waited_would_be_wrong()
    {
        host.Rewrite("SET uses = link.uses + 1", "SET uses = (SELECT uses FROM repository_blob AS seen WHERE seen.repository_id = $1 AND seen.blob_id = link.blob_id) + 1");

        await PushLastAsync(web);

        Assert.Contains(await host.Audit.FindAsync(), finding => finding.Contains("has 2 uses; artifacts that name it: 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_pushes_into_one_project_are_both_counted()
    {
        await TwoAtOnceAsync();

        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_quota_computed_from_what_a_statement_saw_before_it_waited_would_be_wrong()
    {
        host.Rewrite("SET used = used + $2", "SET used = (SELECT used FROM quota WHERE project_id = $1) + $2");

        await TwoAtOnceAsync();

        Assert.Contains(await host.Audit.FindAsync(), finding => finding.Contains("by its quota and", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_two_pushes_for_which_only_one_has_room_the_second_is_refused()
    {
        var (one, other) = (TestImage.Of("one", TestImage.Bytes(4)), TestImage.Of("other", TestImage.Bytes(5)));
        await UploadAsync(web, one);
        await UploadAsync(web, other);
        await host.Testing.QueryAsync($"UPDATE quota SET hard = used + {one.Manifest.Content.Length + 1}");

        var settled = host.Points.HoldAt("manifest.settled");
        var first = Outcome.OfAsync(host.PushAsync(web, one.Manifest));
        await settled.ReachedAsync();
        var second = Outcome.OfAsync(host.PushAsync(web, other.Manifest));
        Assert.True(await host.WaitsAsync(second));
        settled.Release();

        Assert.Equal((Outcome.Done, "DENIED"), (await first, await second));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task Two_first_pushes_of_one_tag_both_succeed_and_the_later_has_it()
    {
        await UploadNewAsync(web);
        var tagged = host.Points.HoldAt("manifest.tagged");
        var first = Outcome.OfAsync(host.PushAsync(web, Old.Manifest, "latest"));
        await tagged.ReachedAsync();
        var second = Outcome.OfAsync(host.PushAsync(web, New.Manifest, "latest"));
        Assert.True(await host.WaitsAsync(second));
        tagged.Release();

        Assert.Equal((Outcome.Done, Outcome.Done), (await first, await second));
        Assert.Equal(New.Manifest.Digest, (await host.Manifests.FindAsync(web, "latest", CancellationToken.None))?.Digest);
        Assert.Empty(await host.Audit.FindAsync());
    }

    private async Task PushLastAsync(RepositoryScope other)
    {
        await UploadNewAsync(other);
        var released = host.Points.HoldAt("delete.released");
        var deleting = Outcome.OfAsync(host.DeleteAsync(web, Old.Manifest));
        await released.ReachedAsync();
        var pushing = Outcome.OfAsync(host.PushAsync(other, New.Manifest, "new"));
        await host.WaitsAsync(pushing);
        released.Release();
        Assert.Equal((Outcome.Done, Outcome.Done), (await pushing, await deleting));
    }

    // Nothing in common but the project.
    private async Task TwoAtOnceAsync()
    {
        var (one, other) = (TestImage.Of("one", TestImage.Bytes(4)), TestImage.Of("other", TestImage.Bytes(5)));
        await UploadAsync(web, one);
        await UploadAsync(web, other);
        var settled = host.Points.HoldAt("manifest.settled");
        var first = Outcome.OfAsync(host.PushAsync(web, one.Manifest));
        await settled.ReachedAsync();
        var second = Outcome.OfAsync(host.PushAsync(web, other.Manifest));
        Assert.True(await host.WaitsAsync(second));
        settled.Release();
        Assert.Equal((Outcome.Done, Outcome.Done), (await first, await second));
    }

    private Task UploadNewAsync(RepositoryScope repository) => UploadAsync(repository, New);

    private async Task UploadAsync(RepositoryScope repository, TestImage image)
    {
        foreach (var blob in image.Blobs)
        {
            await host.UploadAsync(repository, blob);
        }
    }
}
