using System.Text.Json;
using Harbor.Conformance.Registry;
using Harbor.Oci;
using Harbor.Support;
using Xunit;

namespace Harbor.Conformance.Clients;

/// <summary>docker's command line, as far as it talks to registries itself, without an engine.</summary>
public sealed class DockerTests(SharedHarbor shared) : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    [Fact]
    public async Task Docker_logs_in_and_is_refused_with_a_wrong_password()
    {
        var docker = Docker();
        var host = shared.Harbor.Url.Authority;

        Assert.Contains("unauthorized", await docker.FailAsync("login", "--username", "admin", "--password", "wrong", host), StringComparison.Ordinal);
        Assert.Contains("Login Succeeded", await docker.RunAsync("login", "--username", "admin", "--password", TestHarbor.AdminPassword, host), StringComparison.Ordinal);
        await docker.RunAsync("logout", host);
    }

    [Fact]
    public async Task Docker_inspects_makes_and_pushes_a_list()
    {
        var docker = Docker();
        var repository = await shared.RepositoryAsync();
        var config = await repository.PushBlobAsync(Content.ImageConfig(), MediaTypes.DockerConfig);
        var image = await repository.PushManifestAsync("amd64", Manifests.DockerImage(config, await repository.PushBlobAsync(Content.Random(), Manifests.DockerLayer)));
        await docker.RunAsync("login", "--username", "admin", "--password", TestHarbor.AdminPassword, repository.Host());

        await docker.RunAsync("manifest", "create", "--insecure", repository.Image("list"), repository.Image("amd64"));
        await docker.RunAsync("manifest", "push", "--insecure", repository.Image("list"));
        using var inspected = JsonDocument.Parse(await docker.RunAsync("manifest", "inspect", "--insecure", repository.Image("list")));

        Assert.Equal(MediaTypes.DockerManifestList, (await repository.HeadAsync("manifests/list")).Header("Content-Type"));
        Assert.Equal(image.Digest.Value, inspected.RootElement.GetProperty("manifests")[0].GetProperty("digest").GetString());
        await Accounts.CheckAsync(shared.Harbor);
    }

    public void Dispose() => folder.Dispose();

    private ClientProgram Docker() => new("docker", [], ("DOCKER_CONFIG", folder["docker"]));
}
