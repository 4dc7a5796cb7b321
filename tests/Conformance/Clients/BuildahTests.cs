using System.Text.Json;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Harbor.Support;
using Xunit;

namespace Harbor.Conformance.Clients;

public sealed class BuildahTests(SharedHarbor shared) : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    [Fact]
    public async Task An_index_of_two_platforms_is_built_from_scratch_pushed_and_comes_back_byte_for_byte()
    {
        Requires.Root();
        var buildah = new ClientProgram("buildah", ["--storage-driver", "vfs", "--root", folder["root"], "--runroot", folder["run"]]);
        var repository = await shared.RepositoryAsync();
        var index = (await buildah.RunAsync("manifest", "create", "two-platforms")).Trim();
        foreach (var architecture in new[] { "amd64", "arm64" })
        {
            await File.WriteAllBytesAsync(folder[architecture], Content.Random(1_000_000), TestContext.Current.CancellationToken);
            var container = (await buildah.RunAsync("from", "scratch")).Trim();
            await buildah.RunAsync("copy", "--quiet", container, folder[architecture], "/data");
            await buildah.RunAsync("config", "--os", "linux", "--arch", architecture, "--entrypoint", "[\"/data\"]", container);
            await buildah.RunAsync("commit", "--quiet", container, $"image-{architecture}");
            await buildah.RunAsync("manifest", "add", index, $"image-{architecture}");
        }

        await buildah.RunAsync(
            "manifest", "push", "--quiet", "--all", "--tls-verify=false", "--creds", ClientRepository.Credentials, index, $"docker://{repository.Image("v1")}");

        var pushed = (await repository.GetAsync("manifests/v1")).Json;
        Assert.Equal(MediaTypes.OciIndex, pushed.GetProperty("mediaType").GetString());
        Assert.Equal(["amd64", "arm64"], pushed.GetProperty("manifests").EnumerateArray().Select(child => child.GetProperty("platform").GetProperty("architecture").GetString()));
        await SameInLayoutAsync(repository, pushed);
        await buildah.RunAsync("pull", "--quiet", "--tls-verify=false", "--creds", ClientRepository.Credentials, $"docker://{repository.Image("v1")}");
        await Accounts.CheckAsync(shared.Harbor);
    }

    public void Dispose() => folder.Dispose();

    // skopeo checks every digest on its way; here, too, each file is what its name says and nothing that the index names is missing.
    private async Task SameInLayoutAsync(TestRepository repository, JsonElement index)
    {
        await repository.PullAsync("v1", $"oci:{folder["back"]}:v1", "--all");
        var files = Directory.GetFiles(Path.Combine(folder["back"], "blobs", "sha256")).ToDictionary(file => $"sha256:{Path.GetFileName(file)}", File.ReadAllBytes);
        Assert.All(files, file => Assert.Equal(file.Key, Digest.Of(file.Value).Value));
        Assert.Contains(await repository.DigestAsync("v1"), files.Keys);
        Assert.All(index.GetProperty("manifests").EnumerateArray(), child => Assert.Contains(child.GetProperty("digest").GetString()!, files.Keys));
        Assert.Equal(7, files.Count);   // the index, and for each platform manifest, config and layer
    }
}
