using System.Net;
using Harbor.Modules.Artifacts;
using Harbor.Oci;
using Harbor.Platform.Diagnostics;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Xunit;

namespace Harbor.Integration.Content;

/// <summary>The disk is full, the one with the blobs or the one with the database: that is said, nothing is left behind, and later all works again.</summary>
public sealed class DiskFullTests : IDisposable
{
    private const string Repository = "library/large";

    private static readonly byte[] Large = TestImage.Bytes(1, 12_000_000);
    private static readonly byte[] Small = TestImage.Bytes(2, 100_000);

    private readonly TemporaryDirectory folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_blob_that_does_not_fit_is_refused_with_507_and_leaves_nothing_and_smaller_ones_fit()
    {
        await using var disk = await SmallDisk.MountAsync(folder["data/storage"], "size=10m");
        await using var harbor = await ServeAsync();
        using var client = new RegistryClient(harbor.Url, Repository);

        var upload = await client.StartAsync();
        using (var answer = await client.SendAsync(HttpMethod.Put, $"{upload}?digest={Digest.Of(Large)}", Large))
        {
            Assert.Equal(HttpStatusCode.InsufficientStorage, answer.StatusCode);
        }

        using (var answer = await client.SendAsync(HttpMethod.Post, $"/v2/{Repository}/blobs/uploads/?digest={Digest.Of(Large)}", Large))
        {
            Assert.Equal(HttpStatusCode.InsufficientStorage, answer.StatusCode);
        }

        Assert.Null(await client.AcceptedAsync(upload));
        await AssertNothingLeftAsync(harbor);
        await client.PutAsync(Small);
        Assert.Equal(Small, await client.GetAsync($"blobs/{Digest.Of(Small)}"));
    }

    [Fact]
    public async Task A_chunk_that_does_not_fit_ends_its_upload_which_works_anew_when_there_is_room()
    {
        await using var disk = await SmallDisk.MountAsync(folder["data/storage"], "size=20m");
        await using var harbor = await ServeAsync();
        using var client = new RegistryClient(harbor.Url, Repository);
        var upload = await client.StartAsync();
        await client.AppendAsync(upload, 0, Large[..6_000_000]);
        var filler = disk.Fill();

        using (var answer = await client.SendAsync(HttpMethod.Patch, upload, Large[6_000_000..], 6_000_000))
        {
            Assert.Equal(HttpStatusCode.InsufficientStorage, answer.StatusCode);
        }

        Assert.Null(await client.AcceptedAsync(upload));
        await AssertNothingLeftAsync(harbor);
        File.Delete(filler);
        await client.PutInChunksAsync(Large, 2);
        Assert.Equal(Large, await client.GetAsync($"blobs/{Digest.Of(Large)}"));
    }

    [Fact]
    public async Task A_blob_whose_name_does_not_fit_is_refused_with_507_and_leaves_nothing()
    {
        // Room for the directories of a new store and a few names more.
        await using var disk = await SmallDisk.MountAsync(folder["data/storage"], "size=20m,nr_inodes=1000");
        await using var harbor = await ServeAsync();
        using var client = new RegistryClient(harbor.Url, Repository);
        var upload = await client.StartAsync();
        await client.AppendAsync(upload, 0, Small);
        var fillers = new List<string>();
        try
        {
            while (true)
            {
                fillers.Add(folder[$"data/storage/filler-{fillers.Count}"]);
                await File.WriteAllTextAsync(fillers[^1], "", CancellationToken.None);
            }
        }
        catch (IOException)
        {
            fillers.RemoveAt(fillers.Count - 1);   // full
        }

        using (var answer = await client.SendAsync(HttpMethod.Put, $"{upload}?digest={Digest.Of(Small)}", []))
        {
            Assert.Equal(HttpStatusCode.InsufficientStorage, answer.StatusCode);
        }

        Assert.Null(await client.AcceptedAsync(upload));
        await AssertNothingLeftAsync(harbor);
        fillers.ForEach(File.Delete);
        await client.PutAsync(Small);
        Assert.Equal(Small, await client.GetAsync($"blobs/{Digest.Of(Small)}"));
    }

    [Fact]
    public async Task A_database_without_room_refuses_pushes_and_has_lost_nothing_when_there_is_room_again()
    {
        await using var disk = await SmallDisk.MountAsync(folder["data"], "size=192m");
        await using var blobs = await SmallDisk.MountAsync(folder["data/storage"], "size=192m");
        await using var harbor = await HarborProcess.StartAsync(new HarborProcessOptions
        {
            DataDirectory = folder["data"],
            Environment = new Dictionary<string, string> { ["HARBOR_ADMIN_PASSWORD"] = TestHarbor.AdminPassword },
        });
        using var client = new RegistryClient(harbor.Url, Repository);
        var kept = new List<TestImage> { Image(0) };
        await client.PushAsync(kept[0], "kept-0");
        var filler = disk.Fill();

        HttpStatusCode refused;
        while ((refused = await TryPushAsync(client, Image(kept.Count), kept.Count)) == HttpStatusCode.Created)
        {
            kept.Add(Image(kept.Count));
        }

        Assert.Contains(refused, new[] { HttpStatusCode.InsufficientStorage, HttpStatusCode.ServiceUnavailable });
        File.Delete(filler);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await TryPushAsync(client, Image(kept.Count), kept.Count) != HttpStatusCode.Created)
        {
            await Task.Delay(100, patience.Token);
        }

        kept.Add(Image(kept.Count));
        for (var number = 0; number < kept.Count; number++)
        {
            Assert.Equal(kept[number].Manifest.Content, await client.GetAsync($"manifests/kept-{number}"));
            Assert.Equal(kept[number].Config, await client.GetAsync($"blobs/{Digest.Of(kept[number].Config)}"));
        }
    }

    // A manifest of 300 KB that does not compress: the database grows by it.
    private static TestImage Image(int number) => TestImage.Of($"{number} {Convert.ToHexString(TestImage.Bytes(number, 150_000))}");

    // Created, or how the first request that was not answered well was answered.
    private static async Task<HttpStatusCode> TryPushAsync(RegistryClient client, TestImage image, int number)
    {
        using var blob = await client.SendAsync(HttpMethod.Post, $"/v2/{Repository}/blobs/uploads/?digest={Digest.Of(image.Config)}", image.Config);
        if (blob.StatusCode != HttpStatusCode.Created)
        {
            return blob.StatusCode;
        }

        using var manifest = await client.SendAsync(HttpMethod.Put, $"/v2/{Repository}/manifests/kept-{number}", image.Manifest.Content);
        return manifest.StatusCode;
    }

    private static async Task AssertNothingLeftAsync(TestHarbor harbor)
    {
        // Whoever writes may still be about to; what it wrote is erased after that.
        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromMinutes(1));
        await harbor.Services.GetRequiredService<ContentUpkeep>().RunOnceAsync(CancellationToken.None);
        var audit = new ContentAudit(harbor.Database.ConnectionString, Path.Combine(harbor.DataDirectory, "storage"));
        Assert.Empty(audit.Files());
        Assert.Empty(await audit.FindAsync());
        Assert.Equal(0L, await harbor.Database.QueryAsync("SELECT count(*) FROM upload"));
    }

    // The check of the storage keeps bytes of its own for a moment.
    private Task<TestHarbor> ServeAsync() => TestHarbor.StartAsync(new TestHarborOptions
    {
        DataDirectory = folder["data"],
        Services = services => services.RemoveAll<IComponentHealth>(),
    });
}
