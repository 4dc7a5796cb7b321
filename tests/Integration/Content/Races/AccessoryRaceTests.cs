using Harbor.Modules.Artifacts;
using Xunit;

namespace Harbor.Integration.Content.Races;

/// <summary>A signature is pushed while its subject is pushed, or deleted: it is linked; it goes with its subject or dangles.</summary>
public sealed class AccessoryRaceTests : IAsyncLifetime
{
    private static readonly TestImage Subject = TestImage.Of("signed", TestImage.Bytes(1));
    private static readonly TestManifest Signature = TestManifest.Signature(Subject.Manifest, TestImage.Bytes(2));

    private ContentHost host = null!;
    private RepositoryScope web = null!;

    public async ValueTask InitializeAsync()
    {
        host = await ContentHost.StartAsync();
        web = await host.RepositoryAsync();
        foreach (var blob in Subject.Blobs.Append(TestImage.Empty).Append(TestImage.Bytes(2)))
        {
            await host.UploadAsync(web, blob);
        }
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_signature_and_its_subject_pushed_at_once_are_linked(bool subjectFirst)
    {
        var (first, second) = subjectFirst ? (Subject.Manifest, Signature) : (Signature, Subject.Manifest);
        var settled = host.Points.HoldAt("manifest.settled");
        var one = Outcome.OfAsync(host.PushAsync(web, first));
        await settled.ReachedAsync();
        var other = Outcome.OfAsync(host.PushAsync(web, second));
        await host.WaitsAsync(other);
        settled.Release();

        Assert.Equal((Outcome.Done, Outcome.Done), (await one, await other));
        Assert.Equal([Signature.Digest], await ReferrersAsync());
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task A_deletion_of_the_subject_waits_for_the_signature_and_takes_it_along()
    {
        Assert.Equal((Outcome.Done, Outcome.Done), await SignFirstAsync());

        Assert.Null(await host.Manifests.FindAsync(web, Signature.Digest, CancellationToken.None));
        Assert.Empty(await host.Audit.FindAsync());
    }

    [Fact]
    public async Task Without_its_lock_on_the_subject_a_signature_would_be_left_behind()
    {
        host.Rewrite("ORDER BY id FOR KEY SHARE", "ORDER BY id");

        Assert.Equal((Outcome.Done, Outcome.Done), await SignFirstAsync());
        Assert.NotNull(await host.Manifests.FindAsync(web, Signature.Digest, CancellationToken.None));
    }

    [Fact]
    public async Task A_signature_that_waits_for_the_deletion_of_its_subject_dangles_and_is_listed_when_the_subject_returns()
    {
        await host.PushAsync(web, Subject.Manifest, "v1");
        var hidden = host.Points.HoldAt("delete.hidden");
        var deleting = Outcome.OfAsync(host.DeleteAsync(web, Subject.Manifest));
        await hidden.ReachedAsync();
        var signing = Outcome.OfAsync(host.PushAsync(web, Signature));
        Assert.True(await host.WaitsAsync(signing));
        hidden.Release();

        Assert.Equal((Outcome.Done, Outcome.Done), (await deleting, await signing));
        await host.PushAsync(web, Subject.Manifest, "v1");
        Assert.Equal([Signature.Digest], await ReferrersAsync());
        Assert.Empty(await host.Audit.FindAsync());
    }

    private async Task<(string Signature, string Deletion)> SignFirstAsync()
    {
        await host.PushAsync(web, Subject.Manifest, "v1");
        var stored = host.Points.HoldAt("manifest.stored");
        var signing = Outcome.OfAsync(host.PushAsync(web, Signature));
        await stored.ReachedAsync();
        var deleting = Outcome.OfAsync(host.DeleteAsync(web, Subject.Manifest));
        await host.WaitsAsync(deleting);
        stored.Release();
        return (await signing, await deleting);
    }

    private async Task<IEnumerable<Oci.Digest>> ReferrersAsync() =>
        (await host.Listing.ReferrersAsync(web, Subject.Manifest.Digest, CancellationToken.None)).Select(referrer => referrer.Digest);
}
