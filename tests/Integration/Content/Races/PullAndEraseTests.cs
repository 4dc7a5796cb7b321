using Harbor.Modules.Artifacts;
using Harbor.Oci;
using Xunit;

namespace Harbor.Integration.Content.Races;

/// <summary>A blob is erased while it is pulled: the pull finishes with the right bytes, or there is nothing.</summary>
public sealed class PullAndEraseTests : IAsyncLifetime
{
    private static readonly byte[] Content = TestImage.Bytes(1, 200_000);
    private static readonly Digest Digest = Digest.Of(Content);

    private ContentHost host = null!;
    private RepositoryScope web = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ContentHost.StartAsync(listens: true);
        web = await host.RepositoryAsync();
        await host.UploadAsync(web, Content);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_pull_that_has_begun_finishes_while_its_bytes_are_erased()
    {
        var blob = (await host.Blobs.FindAsync(web, Digest, CancellationToken.None))!;
        using var source = (await host.Blobs.OpenAsync(web, blob, CancellationToken.None))!;
        var begun = new byte[1000];
        await source.ReadAsync(begun, 0, CancellationToken.None);

        await DeleteAndEraseAsync();

        Assert.Empty(host.Audit.Files());
        Assert.Equal(Content, begun.Concat(await ContentHost.ReadAsync(source, 1000)).ToArray());
    }

    [Fact]
    public async Task A_pull_that_found_the_blob_and_opens_it_too_late_finds_nothing()
    {
        var blob = (await host.Blobs.FindAsync(web, Digest, CancellationToken.None))!;

        await DeleteAndEraseAsync();

        Assert.Null(await host.Blobs.OpenAsync(web, blob, CancellationToken.None));
    }

    [Fact]
    public async Task A_pull_that_found_a_blob_which_was_erased_and_pushed_anew_gets_the_new_bytes()
    {
        var blob = (await host.Blobs.FindAsync(web, Digest, CancellationToken.None))!;

        await DeleteAndEraseAsync();
        await host.UploadAsync(web, Content);

        using var source = (await host.Blobs.OpenAsync(web, blob, CancellationToken.None))!;
        Assert.Equal(Content, await ContentHost.ReadAsync(source, 0));
    }

    [Fact]
    public async Task A_blob_that_lost_its_last_use_is_served_until_it_is_collected()
    {
        var image = TestImage.Of("deleted", Content);
        await host.PushImageAsync(web, image);

        await host.DeleteAsync(web, image.Manifest);

        Assert.Equal(Content, await host.ReadAsync(web, Digest));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_pull_that_has_begun_finishes_while_its_artifact_is_deleted_and_collected()
    {
        var image = TestImage.Of("deleted", Content);
        await host.PushImageAsync(web, image);
        var blob = (await host.Blobs.FindAsync(web, Digest, CancellationToken.None))!;
        using var source = (await host.Blobs.OpenAsync(web, blob, CancellationToken.None))!;
        var begun = new byte[1000];
        await source.ReadAsync(begun, 0, CancellationToken.None);

        await host.DeleteAsync(web, image.Manifest);
        await host.Testing.ShiftClockAsync(2 * ContentHost.Grace);
        await host.CollectAsync();

        Assert.Empty(host.Audit.Files());
        Assert.Equal(Content, begun.Concat(await ContentHost.ReadAsync(source, 1000)).ToArray());
        Assert.Null(await host.ReadAsync(web, Digest));
        Assert.Empty(await host.Audit.FindAsync());
    }

    private async Task DeleteAndEraseAsync()
    {
        await host.DeleteBlobAsync(web, Digest);
        await host.Eraser.EraseDueAsync(CancellationToken.None);
    }
}
