using Harbor.Conformance.Registry;
using Harbor.Support;
using Xunit;

namespace Harbor.Conformance.Clients;

/// <summary>Robots through foreign programs, which must carry the marks in their names unharmed.</summary>
public sealed class RobotLoginTests(SharedHarbor shared, SystemImage system) : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    [Fact]
    public async Task Docker_logs_in_as_a_robot_and_reads_with_what_it_keeps()
    {
        var docker = new ClientProgram("docker", [], ("DOCKER_CONFIG", folder["docker"]));
        var repository = await shared.RepositoryAsync();
        await repository.PushAsync(await system.SourceAsync(), "v1", "--format", "v2s2");
        var (name, secret) = await repository.RobotAsync("ci", "repository:pull");
        Assert.Equal($"robot${repository.Project}+ci", name);

        Assert.Contains("unauthorized", await docker.FailAsync("login", "--username", name, "--password", "Wrong12345", repository.Host()), StringComparison.Ordinal);
        Assert.Contains("Login Succeeded", await docker.RunAsync("login", "--username", name, "--password", secret, repository.Host()), StringComparison.Ordinal);
        Assert.Contains("schemaVersion", await docker.RunAsync("manifest", "inspect", "--insecure", repository.Image("v1")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Skopeo_logs_in_as_a_robot_pushes_and_pulls()
    {
        var (repository, foreign) = (await shared.RepositoryAsync(), await shared.RepositoryAsync());
        var (name, secret) = await repository.RobotAsync("ci", "repository:pull", "repository:push");
        var skopeo = ClientRepository.Skopeo();
        string[] auth = ["--authfile", folder["auth.json"]];
        await skopeo.RunAsync(["login", "--tls-verify=false", .. auth, "--username", name, "--password", secret, repository.Host()]);

        await skopeo.RunAsync(["copy", "--quiet", "--dest-tls-verify=false", .. auth, await system.SourceAsync(), $"docker://{repository.Image("v1")}"]);
        await skopeo.RunAsync(["copy", "--quiet", "--src-tls-verify=false", .. auth, $"docker://{repository.Image("v1")}", $"oci:{folder["back"]}:v1"]);

        ClientRepository.SameBlobs(folder["back"], await system.LayoutAsync());
        Assert.Contains("unauthorized", await skopeo.FailAsync(
            ["copy", "--quiet", "--dest-tls-verify=false", .. auth, await system.SourceAsync(), $"docker://{foreign.Image("v1")}"]), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("unauthorized", await skopeo.FailAsync(["delete", "--tls-verify=false", .. auth, $"docker://{repository.Image("v1")}"]), StringComparison.OrdinalIgnoreCase);
        await Accounts.CheckAsync(shared.Harbor);
    }

    [Fact]
    public async Task A_robot_that_only_pulls_is_told_that_it_may_not_push()
    {
        var repository = await shared.RepositoryAsync();
        await repository.PushAsync(await system.SourceAsync(), "v1");
        var (name, secret) = await repository.RobotAsync("reader", "repository:pull");
        var skopeo = ClientRepository.Skopeo();

        await skopeo.RunAsync("copy", "--quiet", "--src-tls-verify=false", "--src-creds", $"{name}:{secret}", $"docker://{repository.Image("v1")}", $"oci:{folder["back"]}:v1");

        Assert.Contains("unauthorized", await skopeo.FailAsync(
            "copy", "--quiet", "--dest-tls-verify=false", "--dest-creds", $"{name}:{secret}", await system.SourceAsync(), $"docker://{repository.Image("v2")}"), StringComparison.OrdinalIgnoreCase);
    }

    public void Dispose() => folder.Dispose();
}
