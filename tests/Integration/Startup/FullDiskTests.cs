using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Harbor.Platform.Settings;
using Harbor.Server;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Startup;

/// <summary>The database's disk is a small one of its own, and fills up while the server runs.</summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    private const int DiskMegabytes = 160;

    private readonly TemporaryDirectory folder = new();

    public async ValueTask InitializeAsync()
    {
        Requires.Root();
        Directory.CreateDirectory(folder["data"]);
        Requires.That(await RunAsync("mount", "-t", "tmpfs", "-o", $"size={DiskMegabytes}m", "tmpfs", folder["data"]) == 0, "needs the right to mount a tmpfs");
    }

    [Fact]
    public async Task A_full_database_disk_refuses_writes_and_takes_them_again_once_there_is_space_with_nothing_lost()
    {
        var options = new HarborOptions { DataDirectory = folder["data"], InitialAdminPassword = new Secret(TestHarbor.AdminPassword) };
        await using var server = await HarborServer.StartAsync(options, "http://127.0.0.1:0", TestHarbor.Quiet, CancellationToken.None);
        using var admin = TestHarbor.Client(new Uri(server.Urls[0]), TestHarbor.Basic("admin", TestHarbor.AdminPassword));
        var made = new List<string> { await MakeAsync(admin, "before") };

        Fill();
        var refusals = new HashSet<HttpStatusCode>();
        for (var i = 0; i < 2000 && refusals.Count == 0; i++)
        {
            var (name, status) = await TryMakeAsync(admin, $"during-{i}");
            if (status == HttpStatusCode.Created)
            {
                made.Add(name);
            }
            else
            {
                refusals.Add(status);
            }
        }

        Assert.Subset(new HashSet<HttpStatusCode> { HttpStatusCode.ServiceUnavailable, HttpStatusCode.InsufficientStorage }, refusals);
        Assert.NotEmpty(refusals);

        File.Delete(folder["data/filler"]);
        await Eventually.HoldsAsync(async () => (await TryMakeAsync(admin, $"after-{Guid.NewGuid():N}")).Status == HttpStatusCode.Created, "it takes writes again");
        foreach (var name in made)
        {
            using var head = new HttpRequestMessage(HttpMethod.Head, $"/api/v2.0/projects?project_name={name}");
            using var found = await admin.SendAsync(head);
            Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("umount", "-l", folder["data"]);
        folder.Dispose();
    }

    private static async Task<string> MakeAsync(HttpClient admin, string name)
    {
        Assert.Equal(HttpStatusCode.Created, (await TryMakeAsync(admin, name)).Status);
        return name;
    }

    private static async Task<(string Name, HttpStatusCode Status)> TryMakeAsync(HttpClient admin, string name)
    {
        using var answer = await admin.PostAsJsonAsync("/api/v2.0/projects", new Dictionary<string, string> { ["project_name"] = name });
        return (name, answer.StatusCode);
    }

    private void Fill()
    {
        using var filler = File.OpenWrite(folder["data/filler"]);
        var block = new byte[64 * 1024];
        try
        {
            while (true)
            {
                filler.Write(block);
                filler.Flush();
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
