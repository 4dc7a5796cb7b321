using System.Net;
using System.Text.Json;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Harbor.Support;
using Xunit;

namespace Harbor.Conformance.Clients;

/// <summary>skopeo, with images that umoci made.</summary>
public sealed class SkopeoTests(SharedHarbor shared, SystemImage system) : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    [Fact]
    public async Task A_real_root_file_system_comes_back_byte_for_byte()
    {
        var repository = await shared.RepositoryAsync();

        await repository.PushAsync(await system.SourceAsync(), "v1");
        await repository.PullAsync("v1", $"oci:{folder["back"]}:v1");

        var (count, bytes) = ClientRepository.SameBlobs(folder["back"], await system.LayoutAsync());
        Assert.Equal(5, count);   // manifest, config, three layers
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} blobs, {bytes} bytes as compressed");
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task An_image_is_inspected_listed_and_deleted()
    {
        var repository = await shared.RepositoryAsync();
        string[] access = ["--tls-verify=false", "--creds", ClientRepository.Credentials];
        await repository.PushAsync(await system.SourceAsync(), "v1");
        await repository.PushAsync(await system.SourceAsync(), "docker", "--format", "v2s2");
        var skopeo = ClientRepository.Skopeo();

        using var inspected = JsonDocument.Parse(await skopeo.RunAsync(["inspect", .. access, $"docker://{repository.Image("v1")}"]));
        Assert.Equal(await repository.DigestAsync("v1"), inspected.RootElement.GetProperty("Digest").GetString());
        Assert.Equal(["docker", "v1"], inspected.RootElement.GetProperty("RepoTags").EnumerateArray().Select(tag => tag.GetString()));

        await skopeo.RunAsync(["delete", .. access, $"docker://{repository.Image("docker")}"]);

        using var listed = JsonDocument.Parse(await skopeo.RunAsync(["list-tags", .. access, $"docker://{repository.Host()}/{repository.Name}"]));
        Assert.Equal(["v1"], listed.RootElement.GetProperty("Tags").EnumerateArray().Select(tag => tag.GetString()));
        (await repository.GetAsync("manifests/docker")).Refuses(HttpStatusCode.NotFound, "NOT_FOUND");
        await repository.PullAsync("v1", $"oci:{folder["back"]}:v1");
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task An_image_is_converted_to_dockers_own_manifest_and_back()
    {
        var repository = await shared.RepositoryAsync();
        await repository.PushAsync(await system.SourceAsync(), "docker", "--format", "v2s2");
        Assert.Equal(MediaTypes.DockerManifest, (await repository.HeadAsync("manifests/docker")).Header("Content-Type"));

        await repository.PullAsync("docker", $"oci:{folder["back"]}:v1");
        await repository.PushAsync($"oci:{folder["back"]}:v1", "oci");

        Assert.Equal(MediaTypes.OciManifest, (await repository.HeadAsync("manifests/oci")).Header("Content-Type"));
    }

    [Fact]
    public async Task An_image_is_copied_within_the_registry()
    {
        var (source, target) = (await shared.RepositoryAsync(), await shared.RepositoryAsync());
        await source.PushAsync(await system.SourceAsync(), "v1");

        await target.PushAsync($"docker://{source.Image("v1")}", "v2", "--src-tls-verify=false", "--src-creds", ClientRepository.Credentials);

        Assert.Equal(await source.DigestAsync("v1"), await target.DigestAsync("v2"));
    }

    [Fact]
    public async Task Who_may_not_push_or_pull_is_told_so()
    {
        var repository = await shared.RepositoryAsync();
        await repository.PushAsync(await system.SourceAsync(), "v1");
        var skopeo = ClientRepository.Skopeo();

        foreach (var credentials in new[] { "admin:wrong", "nobody:Harbor12345" })
        {
            Assert.Contains("unauthorized", await skopeo.FailAsync(
                "copy", "--dest-tls-verify=false", "--dest-creds", credentials, await system.SourceAsync(), $"docker://{repository.Image("v2")}"), StringComparison.OrdinalIgnoreCase);
        }

        Assert.Contains("unauthorized", await skopeo.FailAsync("inspect", "--no-creds", "--tls-verify=false", $"docker://{repository.Image("v1")}"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_public_image_is_pulled_without_credentials()
    {
        var repository = await shared.RepositoryAsync(isPublic: true);
        await repository.PushAsync(await system.SourceAsync(), "v1");

        await ClientRepository.Skopeo().RunAsync("copy", "--quiet", "--src-no-creds", "--src-tls-verify=false", $"docker://{repository.Image("v1")}", $"oci:{folder["back"]}:v1");

        ClientRepository.SameBlobs(folder["back"], await system.LayoutAsync());
    }

    public void Dispose() => folder.Dispose();
}
