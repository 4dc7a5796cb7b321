using Harbor.Integration.Content.Crashes;
using Harbor.Oci;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Settings;
using Harbor.Storage;
using Harbor.Storage.FileSystem;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Xunit;

namespace Harbor.Integration.Content.Replicas;

/// <summary>Several servers on one database and one directory: any of them goes on with an upload where another stopped.</summary>
public sealed class UploadHopTests
{
    private const string Repository = "library/hopping";

    private static readonly byte[] Content = TestImage.Bytes(1, 3_000_000);
    private static readonly Digest Digest = Digest.Of(Content);

    [Fact]
    public async Task An_upload_hops_between_two_processes_with_each_chunk()
    {
        await using var world = await CrashWorld.CreateAsync();
        await using var one = await HarborProcess.StartAsync(world.Process());
        await using var other = await HarborProcess.StartAsync(world.Process());
        using var first = new RegistryClient(one.Url, Repository);
        using var second = new RegistryClient(other.Url, Repository);

        var upload = await first.StartAsync();
        await first.AppendAsync(upload, 0, Content[..1_000_000]);
        await second.AppendAsync(upload, 1_000_000, Content[1_000_000..2_000_000]);
        Assert.Equal(2_000_000, await first.AcceptedAsync(upload));
        await first.AppendAsync(upload, 2_000_000, Content[2_000_000..]);
        await second.FinishAsync(upload, Digest, []);

        Assert.Equal(Content, await first.GetAsync($"blobs/{Digest}"));
        Assert.Equal(Content, await second.GetAsync($"blobs/{Digest}"));
        Assert.Empty(await world.Audit.FindAsync());
    }

    [Fact]
    public async Task The_closing_request_reads_no_byte_whichever_replica_gets_it()
    {
        var reads = new Reads();
        await using var one = await TestHarbor.StartAsync();
        await using var other = await one.ReplicaAsync(services => services
            .RemoveAll<IComponentHealth>()   // the check of the storage reads bytes of its own
            .AddSingleton<IBlobStore>(provider => new CountingStore(
                new FileSystemBlobStore(provider.GetRequiredService<HarborOptions>().StorageDirectory, provider.GetRequiredService<PosixFiles>()), reads)));
        using var first = new RegistryClient(one.Url, Repository);
        using var second = new RegistryClient(other.Url, Repository);

        var upload = await first.StartAsync();
        await first.AppendAsync(upload, 0, Content[..1_000_000]);
        await second.AppendAsync(upload, 1_000_000, Content[1_000_000..2_000_000]);
        Assert.Equal(1_000_000, reads.Bytes);   // it did not know the hash of the first chunk

        await first.AppendAsync(upload, 2_000_000, Content[2_000_000..]);
        await second.FinishAsync(upload, Digest, []);

        Assert.Equal(1_000_000, reads.Bytes);
        Assert.Equal(Content, await second.GetAsync($"blobs/{Digest}"));
        Assert.Equal(1_000_000 + Content.Length, reads.Bytes);
    }

    [Fact]
    public async Task A_replica_goes_on_with_the_upload_of_one_that_died_in_the_middle_of_a_chunk()
    {
        await using var world = await CrashWorld.CreateAsync();
        string upload;
        await using (var dying = await HarborProcess.StartAsync(world.Process("upload.written@2")))
        {
            using var first = new RegistryClient(dying.Url, Repository);
            upload = await first.StartAsync();
            await first.AppendAsync(upload, 0, Content[..1_000_000]);
            await Assert.ThrowsAsync<HttpRequestException>(() => first.AppendAsync(upload, 1_000_000, Content[1_000_000..]));
            await dying.WaitForExitAsync();
        }

        await world.PassAsync(TimeSpan.FromMinutes(1));
        await using var other = await world.ServeAsync();
        using var second = new RegistryClient(other.Url, Repository);
        Assert.Equal(1_000_000, await second.AcceptedAsync(upload));
        await second.AppendAsync(upload, 1_000_000, Content[1_000_000..]);
        await second.FinishAsync(upload, Digest, []);

        Assert.Equal(Content, await second.GetAsync($"blobs/{Digest}"));
        await world.TidyAsync(other);
    }

    private sealed class Reads
    {
        public long Bytes;
    }

    private sealed class CountingStore(IBlobStore inner, Reads reads) : DelegatingBlobStore(inner)
    {
        public override BlobSource? Open(Location location) => base.Open(location) is { } source ? new CountingSource(source, reads) : null;
    }

    private sealed class CountingSource(BlobSource inner, Reads reads) : BlobSource
    {
        public override long Length => inner.Length;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken ct)
        {
            var count = await inner.ReadAsync(buffer, offset, ct);
            Interlocked.Add(ref reads.Bytes, count);
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }
        }
    }
}
