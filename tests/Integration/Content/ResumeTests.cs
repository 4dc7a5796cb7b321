using System.Net;
using System.Text;
using Harbor.Integration.Content.Crashes;
using Harbor.Integration.Startup;
using Harbor.Modules.Artifacts;
using Harbor.Oci;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Content;

/// <summary>An upload goes on after the server was restarted; one that its client gave up is gone an hour after its expiry.</summary>
public sealed class ResumeTests : IAsyncLifetime
{
    private const string Repository = "library/resumed";

    private static readonly byte[] Content = TestImage.Bytes(1, 2_000_000);
    private static readonly Digest Digest = Digest.Of(Content);

    private CrashWorld world = null!;

    public async ValueTask InitializeAsync() => world = await CrashWorld.CreateAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upload_goes_on_after_the_server_was_killed_or_stopped_between_two_chunks(bool killed)
    {
        string upload;
        await using (var before = await HarborProcess.StartAsync(world.Process()))
        {
            using var first = new RegistryClient(before.Url, Repository);
            upload = await first.StartAsync();
            await first.AppendAsync(upload, 0, Content[..1_000_000]);
            await (killed ? before.KillAsync() : before.StopAsync());
        }

        await using var after = await HarborProcess.StartAsync(world.Process());
        using var second = new RegistryClient(after.Url, Repository);
        Assert.Equal(1_000_000, await second.AcceptedAsync(upload));
        await second.AppendAsync(upload, 1_000_000, Content[1_000_000..]);
        await second.FinishAsync(upload, Digest, []);

        Assert.Equal(Content, await second.GetAsync($"blobs/{Digest}"));
    }

    [Fact]
    public async Task A_server_told_to_stop_in_the_middle_of_a_chunk_keeps_what_arrived_for_the_next_one_to_go_on_at_once()
    {
        string upload;
        await using (var before = await HarborProcess.StartAsync(world.Process(shutdownSeconds: 1)))
        {
            using var first = new RegistryClient(before.Url, Repository);
            upload = await first.StartAsync();
            await using var slow = await RawConnection.OpenAsync(before.Url.Host, before.Url.Port);
            var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{TestHarbor.AdminPassword}"));
            await slow.SendAsync($"PATCH {upload} HTTP/1.1\r\nHost: {before.Url.Authority}\r\nAuthorization: Basic {basic}\r\nContent-Length: {Content.Length}\r\n\r\n");
            await slow.SendAsync(Content.AsMemory(0, 1_000_000));
            await Eventually.HoldsAsync(() => world.Audit.Files().Any(file => new FileInfo(world.PathOf(file)).Length == 1_000_000), "the part has arrived");
            Assert.Equal(0, await before.StopAsync());
        }

        await using var after = await HarborProcess.StartAsync(world.Process());
        using var second = new RegistryClient(after.Url, Repository);
        Assert.Equal(1_000_000, await second.AcceptedAsync(upload));
        await second.AppendAsync(upload, 1_000_000, Content[1_000_000..]);
        await second.FinishAsync(upload, Digest, []);

        Assert.Equal(Content, await second.GetAsync($"blobs/{Digest}"));
    }

    [Fact]
    public async Task An_abandoned_upload_stays_until_it_expires_and_is_gone_with_its_bytes_an_hour_later()
    {
        var lifetime = TimeSpan.FromHours(24);
        await using var harbor = await world.ServeAsync();
        using var client = new RegistryClient(harbor.Url, Repository);
        var upload = await client.StartAsync();
        await client.AppendAsync(upload, 0, Content[..1_000_000]);
        var upkeep = harbor.Services.GetRequiredService<ContentUpkeep>();

        await world.PassAsync(lifetime - TimeSpan.FromMinutes(1));
        await upkeep.RunOnceAsync(CancellationToken.None);
        Assert.Equal(1_000_000, await client.AcceptedAsync(upload));

        await world.PassAsync(TimeSpan.FromMinutes(61));
        Assert.Equal((1, 1), await upkeep.RunOnceAsync(CancellationToken.None));

        Assert.Null(await client.AcceptedAsync(upload));
        Assert.Empty(world.Audit.Files());
        using var late = await client.SendAsync(HttpMethod.Patch, upload, Content[1_000_000..], 1_000_000);
        Assert.Equal(HttpStatusCode.NotFound, late.StatusCode);
        Assert.Empty(await world.Audit.FindAsync());
    }

    [Fact]
    public async Task An_upload_that_is_gone_on_with_lives_on()
    {
        await using var harbor = await world.ServeAsync();
        using var client = new RegistryClient(harbor.Url, Repository);
        var upload = await client.StartAsync();
        for (var start = 0; start < Content.Length; start += 500_000)
        {
            await client.AppendAsync(upload, start, Content[start..(start + 500_000)]);
            await world.PassAsync(TimeSpan.FromHours(20));
            await harbor.Services.GetRequiredService<ContentUpkeep>().RunOnceAsync(CancellationToken.None);
        }

        await client.FinishAsync(upload, Digest, []);
        Assert.Equal(Content, await client.GetAsync($"blobs/{Digest}"));
    }

    [Fact]
    public async Task A_cancelled_upload_is_gone_at_once_and_its_bytes_soon()
    {
        await using var harbor = await world.ServeAsync();
        using var client = new RegistryClient(harbor.Url, Repository);
        var upload = await client.StartAsync();
        await client.AppendAsync(upload, 0, Content);

        using var cancelled = await client.SendAsync(HttpMethod.Delete, upload, []);

        Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
        Assert.Null(await client.AcceptedAsync(upload));
        await harbor.Services.GetRequiredService<ContentUpkeep>().RunOnceAsync(CancellationToken.None);
        Assert.Empty(world.Audit.Files());
    }
}
