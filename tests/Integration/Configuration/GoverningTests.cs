using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Harbor.Integration.Api;
using Harbor.Integration.Content;
using Harbor.Integration.Identity;
using Harbor.Integration.Startup;
using Harbor.Platform.Events;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Configuration;

/// <summary>A setting that was changed governs what it names: at once here, and within three seconds on other replicas.</summary>
public sealed class GoverningTests : IAsyncLifetime
{
    private TestHarbor harbor = null!;

    public async ValueTask InitializeAsync()
    {
        harbor = await TestHarbor.StartAsync();
        await HeardAsync(harbor);
    }

    public ValueTask DisposeAsync() => harbor.DisposeAsync();

    [Fact]
    public async Task Another_replica_follows()
    {
        await using var other = await harbor.ReplicaAsync();
        await HeardAsync(other);
        Assert.Equal("30", await other.Admin.SettingAsync("token_expiration"));

        await harbor.SetAsync("token_expiration", 7);
        Assert.Equal("7", await harbor.Admin.SettingAsync("token_expiration"));
        await Eventually.HoldsAsync(async () => await other.Admin.SettingAsync("token_expiration") == "7", "the other replica follows", TimeSpan.FromSeconds(3));

        await other.SetAsync("read_only", true);
        await Eventually.HoldsAsync(async () => (await MakeAsync(harbor.Admin, "late")).StartsWith("403 DENIED", StringComparison.Ordinal), "this replica is read-only", TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task The_lifetime_of_tokens()
    {
        await harbor.SetAsync("token_expiration", 3);

        Assert.Equal(180, (int)(await ApiTokenAsync())["expires_in"]!);
    }

    [Fact]
    public async Task The_lifetime_of_sessions_of_those_too_that_began_before()
    {
        using var browser = new Browser(harbor);
        await browser.SignInAsync("admin", TestHarbor.AdminPassword);
        await harbor.SetAsync("session_timeout", 5);
        using (await browser.GetAsync("/api/v2.0/users/current"))
        {
            // A request that renews it.
        }

        Assert.Equal(5.0, Math.Round((double)(await harbor.Database.QueryAsync("SELECT (extract(epoch FROM expires_at - harbor_now()) / 60)::float8 FROM user_session"))!));
        await harbor.SetAsync("session_timeout", 9_999_999_999);
        using var renewed = await browser.GetAsync("/api/v2.0/users/current");
        Assert.Equal(200, (int)renewed.StatusCode);
    }

    [Fact]
    public async Task Who_makes_projects()
    {
        await harbor.UserAsync("somebody");
        var somebody = harbor.ClientAs("somebody", People.Password);
        await harbor.SetAsync("project_creation_restriction", "adminonly");

        Assert.StartsWith("403", await MakeAsync(somebody, "refused"), StringComparison.Ordinal);
        Assert.Equal("201", await MakeAsync(harbor.Admin, "by-admin"));
        await harbor.SetAsync("project_creation_restriction", "everyone");
        Assert.Equal("201", await MakeAsync(somebody, "by-somebody"));
    }

    [Fact]
    public async Task Whether_people_register_themselves()
    {
        using var browser = new Browser(harbor);
        await harbor.SetAsync("self_registration", true);
        Assert.Equal("true", (await ApiClient.JsonAsync(harbor.Anonymous, "/api/v2.0/systeminfo"))["self_registration"]!.ToJsonString());
        Assert.Equal("403 FORBIDDEN people register themselves in the portal, not by the API", await harbor.Anonymous.PostAsJsonAsync("/api/v2.0/users", People.Request("new")).ToldAsync());

        await harbor.SetAsync("self_registration", false);
        Assert.Equal("401 UNAUTHORIZED unauthorized", await harbor.Anonymous.PostAsJsonAsync("/api/v2.0/users", People.Request("new")).ToldAsync());
    }

    [Fact]
    public async Task How_much_new_projects_may_hold_and_whether_that_counts()
    {
        await harbor.SetAsync("storage_per_project", 1000);
        Assert.Equal("201", await MakeAsync(harbor.Admin, "small"));
        Assert.StartsWith("403 DENIED", await PushAsync("small"), StringComparison.Ordinal);

        await harbor.SetAsync("quota_per_project_enable", false);
        Assert.Null((await ApiClient.JsonAsync(harbor.Admin, "/api/v2.0/projects/small/summary"))["quota"]);
        Assert.Equal("201", await MakeAsync(harbor.Admin, "unbound"));
        Assert.Equal(-1L, await harbor.Database.QueryAsync("SELECT hard FROM quota JOIN project ON project.id = project_id WHERE project.name = 'unbound'"));
        Assert.Equal("201", await PushAsync("small"));
    }

    private async Task<string> PushAsync(string project)
    {
        var bytes = TestImage.Bytes(1, 2000);
        using var begun = await harbor.Admin.PostAsync($"/v2/{project}/web/blobs/uploads/", null);
        begun.EnsureSuccessStatusCode();
        using var content = new ByteArrayContent(bytes);
        var location = begun.Headers.Location!.OriginalString;
        return await harbor.Admin.PutAsync($"{location}{(location.Contains('?', StringComparison.Ordinal) ? '&' : '?')}digest={Oci.Digest.Of(bytes)}", content).ToldAsync();
    }

    private async Task<JsonNode> ApiTokenAsync() =>
        JsonNode.Parse(await harbor.Admin.GetStringAsync("/service/token?service=harbor-registry"))!;

    private static Task<string> MakeAsync(HttpClient client, string name) => client.PostAsJsonAsync("/api/v2.0/projects", new { project_name = name }).ToldAsync();

    private static Task HeardAsync(TestHarbor server) =>
        Eventually.HoldsAsync(() => server.Services.GetRequiredService<ChangeFeed>().IsCurrent, "it hears changes");
}
