using System.Diagnostics;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Harbor.Support;
using Xunit;

namespace Harbor.Conformance.Clients;

/// <summary>containerd by its own client, <c>ctr</c>.</summary>
public sealed class ContainerdTests(SharedHarbor shared, SystemImage system) : IAsyncLifetime
{
    private readonly TemporaryDirectory folder = new();
    private Process? containerd;

    private string Socket => folder["containerd.sock"];

    [Fact]
    public async Task An_image_is_pulled_and_pushed()
    {
        var ctr = Ctr();
        var repository = await shared.RepositoryAsync();
        await repository.PushAsync(await system.SourceAsync(), "v1");

        await ctr.RunAsync(["image", "pull", .. Access, "--snapshotter", "native", repository.Image("v1")]);
        await RepushAsync(ctr, repository);
        await RepushAsync(ctr, repository.Beside("elsewhere"), repository.Image("v1"));

        Assert.Equal(await repository.DigestAsync("v1"), await repository.DigestAsync("again"));
        Assert.Equal(await repository.DigestAsync("v1"), await repository.Beside("elsewhere").DigestAsync("again"));
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task An_index_is_pulled_and_pushed_with_all_its_platforms()
    {
        var ctr = Ctr();
        var repository = await shared.RepositoryAsync();
        var children = new[] { "amd64", "arm64" }.Select(async architecture =>
        {
            var config = Content.Of(MediaTypes.OciConfig, $$$"""{"architecture":"{{{architecture}}}","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}""");
            await repository.PushBlobAsync(config.Bytes);
            return (Image: await repository.PushManifestAsync(architecture, Manifests.Image(config)), Architecture: architecture);
        });
        var described = (await Task.WhenAll(children)).Select(child => child.Image.DescriptorWith($$$"""
            "platform":{"architecture":"{{{child.Architecture}}}","os":"linux"}
            """));
        await repository.PushManifestAsync("v1", Manifests.Of(MediaTypes.OciIndex, $"\"manifests\":[{string.Join(',', described)}]"));

        await ctr.RunAsync(["image", "pull", "--all-platforms", .. Access, "--snapshotter", "native", repository.Image("v1")]);
        await RepushAsync(ctr, repository.Beside("elsewhere"), repository.Image("v1"));

        Assert.Equal(await repository.DigestAsync("v1"), await repository.Beside("elsewhere").DigestAsync("again"));
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        var ctr = Ctr();
        var repository = await shared.RepositoryAsync();
        await repository.PushImageAsync();

        Assert.Contains("401", await ctr.FailAsync("image", "pull", "--plain-http", "--user", "admin:wrong", repository.Image("v1")), StringComparison.Ordinal);
    }

    public async ValueTask InitializeAsync()
    {
        Requires.Root();
        await File.WriteAllTextAsync(folder["config.toml"], $"""
            version = 2
            root = "{folder["root"]}"
            state = "{folder["state"]}"
            disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt", "io.containerd.tracing.processor.v1.otlp",
              "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
            [grpc]
              address = "{Socket}"
            [ttrpc]
              address = "{Socket}.ttrpc"
            """);
        containerd = new ClientProgram("containerd", ["--config", folder["config.toml"]]).Launch();
        _ = containerd.StandardOutput.ReadToEndAsync();
        var log = containerd.StandardError.ReadToEndAsync();
        for (var attempt = 0; !File.Exists(Socket); attempt++)
        {
            Assert.True(attempt < 200 && !containerd.HasExited, $"containerd did not start: {(containerd.HasExited ? await log : "")}");
            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (containerd is { HasExited: false })
        {
            containerd.Kill();
            await containerd.WaitForExitAsync();
        }

        containerd?.Dispose();
        folder.Dispose();
    }

    private static string[] Access => ["--plain-http", "--user", ClientRepository.Credentials];

    private ClientProgram Ctr() => new("ctr", ["--address", Socket]);

    private static async Task RepushAsync(ClientProgram ctr, TestRepository to, string? from = null)
    {
        await ctr.RunAsync("image", "tag", from ?? to.Image("v1"), to.Image("again"));
        await ctr.RunAsync(["image", "push", .. Access, to.Image("again")]);
    }
}
