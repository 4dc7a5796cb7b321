using Harbor.Integration.Content;
using Harbor.Modules.Artifacts;
using Harbor.Modules.Fsck;
using Harbor.Oci;
using Harbor.Platform.Diagnostics;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Harbor.Integration.Fsck;

/// <summary>A server with one image pushed over HTTP, and checks of it by services of their own, as another process has them.</summary>
internal sealed class RegistryUnderFsck : IAsyncDisposable
{
    private RegistryUnderFsck(TestHarbor harbor, RegistryClient client)
    {
        (Harbor, Client) = (harbor, client);
        Audit = new ContentAudit(harbor.Database.ConnectionString, Path.Combine(harbor.DataDirectory, "storage"));
    }

    public TestHarbor Harbor { get; }

    public RegistryClient Client { get; }

    public ContentAudit Audit { get; }

    public TestImage Image { get; } = TestImage.Of("image", TestImage.Bytes(1), TestImage.Bytes(2));

    public byte[] Layer => Image.Layers[0];

    public Digest LayerDigest => Digest.Of(Layer);

    public static async Task<RegistryUnderFsck> StartAsync(HoldingPoints? points = null)
    {
        var harbor = await TestHarbor.StartAsync(new TestHarborOptions
        {
            // Asking after its health keeps bytes for a moment, which would be counted.
            Services = services => services.RemoveAll<IComponentHealth>().AddSingleton<PausePoints>(points ?? PausePoints.None).AddFsck(),
        });
        var registry = new RegistryUnderFsck(harbor, new RegistryClient(harbor.Url, $"{await harbor.ProjectAsync()}/web"));
        await registry.Client.PushAsync(registry.Image, "latest");
        return registry;
    }

    public Task<Checked> CheckAsync(bool deep = false, bool repair = false) => RunAsync(new FsckOptions { Deep = deep, Repair = repair });

    public Task<Checked> RunAsync(FsckOptions options) => Checked.RunAsync(Harbor.Services.GetRequiredService<ConsistencyCheck>(), options);

    /// <summary>Erases what is due, as the server does every few minutes.</summary>
    public Task EraseAsync() => Harbor.Services.GetRequiredService<ContentUpkeep>().RunOnceAsync(CancellationToken.None);

    public string PathOf(string location) => Path.Combine(Harbor.DataDirectory, "storage", location);

    public async Task<string?> LocationAsync(Digest digest) =>
        (string?)await Harbor.Database.QueryAsync($"SELECT location FROM blob WHERE digest = '\\x{Convert.ToHexString(digest.ToBytes())}'");

    public async Task<string> FileAsync(Digest digest) => PathOf((await LocationAsync(digest))!);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Harbor.DisposeAsync();
    }
}
