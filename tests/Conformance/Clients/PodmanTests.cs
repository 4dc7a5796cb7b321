using Harbor.Conformance.Registry;
using Harbor.Support;
using Xunit;

namespace Harbor.Conformance.Clients;

public sealed class PodmanTests(SharedHarbor shared, SystemImage system) : IDisposable
{
    private readonly TemporaryDirectory folder = new();

    [Fact]
    public async Task Podman_logs_in_pulls_and_pushes()
    {
        var podman = Podman();
        var repository = await shared.RepositoryAsync();
        await repository.PushAsync(await system.SourceAsync(), "v1");
        string[] access = ["--tls-verify=false", "--authfile", folder["auth"]];
        await File.WriteAllTextAsync(folder["auth"], "{}", TestContext.Current.CancellationToken);

        Assert.Contains("unauthorized", await podman.FailAsync(["pull", .. access, repository.Image("v1")]), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("invalid username/password", await podman.FailAsync(["login", .. access, "-u", "admin", "-p", "wrong", repository.Host()]), StringComparison.Ordinal);
        Assert.Contains("Login Succeeded", await podman.RunAsync(["login", .. access, "-u", "admin", "-p", TestHarbor.AdminPassword, repository.Host()]), StringComparison.Ordinal);

        var pulled = await podman.RunAsync(["pull", "--quiet", .. access, repository.Image("v1")]);
        await podman.RunAsync("tag", repository.Image("v1"), repository.Image("again"));
        await podman.RunAsync(["push", "--quiet", .. access, repository.Image("again")]);
        await podman.RunAsync("rmi", "--all", "--force");

        Assert.Equal(pulled, await podman.RunAsync(["pull", "--quiet", .. access, repository.Image("again")]));
        await Accounts.CheckAsync(shared.Harbor);
    }

    public void Dispose() => folder.Dispose();

    private ClientProgram Podman()
    {
        Requires.Root();
        return new ClientProgram("podman", ["--storage-driver", "vfs", "--root", folder["root"], "--runroot", folder["run"], "--events-backend", "none"]);
    }
}
