using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Harbor.Integration.Content.Crashes;
using Harbor.Integration.Identity;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Content.Replicas;

/// <summary>Two server processes on one database and one directory: what one changes counts in the other within three seconds.</summary>
public sealed class TwoProcessesTests : IAsyncLifetime
{
    private const string Project = "shared";
    private const string Repository = $"{Project}/web";

    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(3);
    private static readonly TestImage Old = TestImage.Of("old", TestImage.Bytes(1));
    private static readonly TestImage New = TestImage.Of("new", TestImage.Bytes(1));

    private CrashWorld world = null!;
    private HarborProcess one = null!;
    private HarborProcess other = null!;

    public async ValueTask InitializeAsync()
    {
        world = await CrashWorld.CreateAsync();
        one = await HarborProcess.StartAsync(world.Process());
        other = await HarborProcess.StartAsync(world.Process());
        one.Client.DefaultRequestHeaders.Authorization = TestHarbor.Basic("admin", TestHarbor.AdminPassword);
    }

    public async ValueTask DisposeAsync()
    {
        await other.DisposeAsync();
        await one.DisposeAsync();
        await world.DisposeAsync();
    }

    [Fact]
    public async Task A_tag_that_is_moved_and_rights_that_are_given_or_taken_count_in_both()
    {
        await AskAsync(HttpMethod.Post, "projects", new { project_name = Project });
        await AskAsync(HttpMethod.Post, "users", People.Request("reader"));
        using var here = new RegistryClient(one.Url, Repository);
        using var there = new RegistryClient(other.Url, Repository);
        using var reader = new RegistryClient(other.Url, Repository, "reader", People.Password);
        await here.PushAsync(Old, "v1");
        Assert.Equal(Old.Manifest.Content, await there.GetAsync("manifests/v1"));
        Assert.Equal(HttpStatusCode.Unauthorized, await reader.StatusAsync("manifests/v1"));

        await here.PushAsync(New, "v1");
        await WithinLagAsync(async () => (await there.GetAsync("manifests/v1"))!.SequenceEqual(New.Manifest.Content));

        var member = await AskAsync(HttpMethod.Post, $"projects/{Project}/members", new { role_id = 3, member_user = new { username = "reader" } });
        await WithinLagAsync(async () => await reader.StatusAsync("manifests/v1") == HttpStatusCode.OK);

        await AskAsync(HttpMethod.Delete, $"projects/{Project}/members/{member!.OriginalString.Split('/')[^1]}", null);
        await WithinLagAsync(async () => await reader.StatusAsync("manifests/v1") == HttpStatusCode.Unauthorized);

        await here.DeleteAsync($"manifests/{New.Manifest.Digest}");
        await WithinLagAsync(async () => await there.GetAsync("manifests/v1") is null);
    }

    private async Task<Uri?> AskAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, $"/api/v2.0/{path}") { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await one.Client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return answer.Headers.Location;
    }

    private static async Task WithinLagAsync(Func<Task<bool>> agreed)
    {
        var changed = Stopwatch.GetTimestamp();
        while (true)
        {
            var asked = Stopwatch.GetElapsedTime(changed);
            if (await agreed())
            {
                return;
            }

            Assert.True(asked <= Lag, $"still as before when asked {asked.TotalSeconds:F1} s later");
        }
    }
}
