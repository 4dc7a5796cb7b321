using System.Net;
using Harbor.Integration.Content.Crashes;
using Harbor.Modules.Artifacts;
using Harbor.Oci;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Content.Durability;

/// <summary>A standby takes over that never saw the last commits, on bytes that went through all of them: what it brings back is whole.</summary>
public sealed class StandbyTests : IAsyncLifetime
{
    private const string Repository = "library/replicated";

    private static readonly TestImage Image = TestImage.Of("deleted", TestImage.Bytes(1));
    private static readonly byte[] Loose = TestImage.Bytes(2);
    private static readonly byte[] Again = TestImage.Bytes(3);
    private static readonly byte[] Chunked = TestImage.Bytes(4, 20_000);

    private CrashWorld world = null!;
    private TestDatabase standby = null!;
    private string upload = "";

    public async ValueTask InitializeAsync()
    {
        world = await CrashWorld.CreateAsync();
        await using (var before = await world.ServeAsync())
        {
            using var client = new RegistryClient(before.Url, Repository);
            await client.PushAsync(Image, "v1");
            await client.PutAsync(Loose);
            await client.PutAsync(Again);
            upload = await client.StartAsync();
            await client.AppendAsync(upload, 0, Chunked[..10_000]);
        }

        standby = await world.Database.CopyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await standby.DisposeAsync();
        await world.DisposeAsync();
    }

    [Fact]
    public async Task What_was_deleted_after_the_last_commit_it_saw_still_has_its_bytes()
    {
        await GoOnAsync(TimeSpan.FromMinutes(9));

        Assert.Empty(await AuditAsync());
        await using var promoted = await TakeOverAsync();
        using var client = new RegistryClient(promoted.Url, Repository);
        Assert.Equal(Image.Manifest.Content, await client.GetAsync("manifests/v1"));
        foreach (var content in Image.Blobs.Append(Loose).Append(Again))
        {
            Assert.Equal(content, await client.GetAsync($"blobs/{Digest.Of(content)}"));
        }
    }

    [Fact]
    public async Task What_was_pushed_after_the_last_commit_it_saw_can_be_pushed_again()
    {
        await GoOnAsync(TimeSpan.FromMinutes(9));

        await using var promoted = await TakeOverAsync();
        using var client = new RegistryClient(promoted.Url, Repository);
        Assert.Null(await client.GetAsync($"blobs/{Digest.Of(Chunked)}"));

        // The upload is brought back without its bytes, which have become a blob: it is void, and another one is not.
        using (var lost = await client.SendAsync(HttpMethod.Patch, upload, Chunked[10_000..], 10_000))
        {
            Assert.Equal(HttpStatusCode.NotFound, lost.StatusCode);
        }

        await client.PutInChunksAsync(Chunked, 2);
        Assert.Equal(Chunked, await client.GetAsync($"blobs/{Digest.Of(Chunked)}"));
        Assert.Empty(await AuditAsync());
    }

    [Fact]
    public async Task Were_bytes_erased_at_once_it_would_bring_back_blobs_without_any()
    {
        await GoOnAsync(TimeSpan.FromMinutes(11));

        Assert.Contains(await AuditAsync(), finding => finding.Contains("are missing", StringComparison.Ordinal));
    }

    // What the standby does not see; then the upkeep comes, so much later.
    private async Task GoOnAsync(TimeSpan later)
    {
        await using var primary = await world.ServeAsync();
        using var client = new RegistryClient(primary.Url, Repository);
        await client.DeleteAsync($"manifests/{Image.Manifest.Digest}");
        await client.DeleteAsync($"blobs/{Digest.Of(Image.Layers[0])}");
        await client.DeleteAsync($"blobs/{Digest.Of(Loose)}");
        await client.DeleteAsync($"blobs/{Digest.Of(Again)}");
        await client.PutAsync(Again);
        await client.FinishAsync(upload, Digest.Of(Chunked), Chunked[10_000..]);
        await world.PassAsync(later);
        await primary.Services.GetRequiredService<ContentUpkeep>().RunOnceAsync(CancellationToken.None);
        Assert.Empty(await world.Audit.FindAsync());
    }

    private Task<TestHarbor> TakeOverAsync() => world.ServeAsync(on: standby);

    private Task<IReadOnlyList<string>> AuditAsync() => world.AuditOf(standby).FindAsync();
}
