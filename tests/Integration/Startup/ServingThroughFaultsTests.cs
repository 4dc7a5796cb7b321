using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Harbor.Platform.Data.Embedded;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Startup;

/// <summary>Requests while the database is away, and while the server is told to stop.</summary>
public sealed class ServingThroughFaultsTests : IAsyncLifetime
{
    private readonly TemporaryDirectory folder = new();

    private HarborProcessOptions Options => new() { DataDirectory = folder["data"] };

    public async ValueTask InitializeAsync() => await PreparedData.CopyToAsync(folder["data"]);

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task While_the_database_is_away_requests_get_503_and_afterwards_every_acknowledged_write_is_there()
    {
        await using var harbor = await HarborProcess.StartAsync(Options);
        using var admin = Admin(harbor);
        var acknowledged = new List<string>();
        var others = new HashSet<HttpStatusCode>();

        for (var i = 0; i < 120; i++)
        {
            if (i is 30 or 70 && harbor.DatabaseProcessId is > 0 and var database)
            {
                Posix.Signal(database, Posix.KillNow);
            }

            using var answer = await admin.PostAsJsonAsync("/api/v2.0/projects", new Dictionary<string, string> { ["project_name"] = $"p{i}" });
            if (answer.StatusCode == HttpStatusCode.Created)
            {
                acknowledged.Add($"p{i}");
            }
            else
            {
                others.Add(answer.StatusCode);
            }
        }

        await Eventually.HoldsAsync(async () => (await admin.GetAsync(new Uri("/api/v2.0/projects", UriKind.Relative))).IsSuccessStatusCode, "it serves again");
        Assert.Equal([HttpStatusCode.ServiceUnavailable], others);
        Assert.NotEmpty(acknowledged);
        foreach (var name in acknowledged)
        {
            using var head = new HttpRequestMessage(HttpMethod.Head, $"/api/v2.0/projects?project_name={name}");
            using var found = await admin.SendAsync(head);
            Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        }
    }

    [Fact]
    public async Task SIGTERM_lets_a_running_blob_upload_end_and_exits_with_0()
    {
        await using var harbor = await HarborProcess.StartAsync(Options);
        using var admin = Admin(harbor);
        using var begun = await admin.PostAsync(new Uri("/v2/library/slow/blobs/uploads/", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        await using var upload = await RawConnection.OpenAsync(harbor.Url.Host, harbor.Url.Port);
        await upload.SendAsync(
            $"PATCH {new Uri(harbor.Url, begun.Headers.Location!).PathAndQuery} HTTP/1.1\r\nHost: x\r\nAuthorization: {admin.DefaultRequestHeaders.Authorization}\r\n"
            + "Content-Type: application/octet-stream\r\nContent-Length: 1000000\r\n\r\n");
        await upload.SendAsync(new byte[500_000]);
        await Eventually.HoldsAsync(async () => await harbor.QueryDatabaseAsync("SELECT claim::text FROM upload") is not null, "the upload is claimed");

        harbor.Terminate();
        await Eventually.HoldsAsync(() => harbor.Output.Any(line => line.Contains("Stopping", StringComparison.Ordinal)), "it is stopping");
        await Task.Delay(500);
        await upload.SendAsync(new byte[500_000]);

        Assert.StartsWith("HTTP/1.1 202", await upload.ReadUntilAsync(text => text.Contains("\r\n\r\n", StringComparison.Ordinal), TimeSpan.FromSeconds(20)), StringComparison.Ordinal);
        Assert.Equal(0, await harbor.WaitForExitAsync());
    }

    [Theory]
    [InlineData("manifest.settled", HttpStatusCode.NotFound)]
    [InlineData("manifest.committed", HttpStatusCode.OK)]
    public async Task A_push_cut_short_by_a_kill_at_a_pause_point_is_there_as_far_as_it_was_committed(string point, HttpStatusCode afterwards)
    {
        const string Index = """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}""";
        var manifest = new Uri("/v2/library/crash/manifests/v1", UriKind.Relative);
        await using (var harbor = await HarborProcess.StartAsync(new HarborProcessOptions { DataDirectory = folder["data"], CrashAt = point }))
        {
            using var admin = Admin(harbor);
            using var body = new StringContent(Index, new MediaTypeHeaderValue("application/vnd.oci.image.index.v1+json"));
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => admin.PutAsync(manifest, body));
            await harbor.WaitForExitAsync();
            Assert.Contains($"Crashing at {point}", harbor.Errors);
        }

        await using var again = await HarborProcess.StartAsync(Options);
        using var reader = Admin(again);
        using var answer = await reader.GetAsync(manifest);
        Assert.Equal(afterwards, answer.StatusCode);
    }

    private static HttpClient Admin(HarborProcess harbor) => TestHarbor.Client(harbor.Url, TestHarbor.Basic("admin", TestHarbor.AdminPassword));
}
