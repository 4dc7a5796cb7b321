using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Harbor.Integration.Identity;
using Harbor.Integration.Startup;
using Harbor.Oci;
using Harbor.Platform.Events;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Content.Replicas;

/// <summary>What changes on one replica counts on another within three seconds, though that one answers from memory.</summary>
public sealed class AgreementTests : IAsyncLifetime
{
    private const int Guest = 3;
    private const string Repository = "library/agreed";

    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(3);
    private static readonly TestImage Old = TestImage.Of("old", TestImage.Bytes(1));
    private static readonly TestImage New = TestImage.Of("new", TestImage.Bytes(1));

    private TestHarbor one = null!;
    private TestHarbor other = null!;

    public async ValueTask InitializeAsync()
    {
        one = await TestHarbor.StartAsync();
        other = await one.ReplicaAsync();
        await Eventually.HoldsAsync(() => Feed(one).IsCurrent && Feed(other).IsCurrent, "both hear changes");
    }

    public async ValueTask DisposeAsync()
    {
        await other.DisposeAsync();
        await one.DisposeAsync();
    }

    [Fact]
    public async Task A_tag_that_is_moved_is_moved_everywhere()
    {
        using var here = new RegistryClient(one.Url, Repository);
        using var there = new RegistryClient(other.Url, Repository);
        await here.PushAsync(Old, "v1");
        Assert.Equal(Old.Manifest.Content, await there.GetAsync("manifests/v1"));

        await here.PushAsync(New, "v1");

        Assert.Equal(New.Manifest.Content, await here.GetAsync("manifests/v1"));
        await WithinLagAsync(async () => (await there.GetAsync("manifests/v1"))!.SequenceEqual(New.Manifest.Content));
    }

    [Fact]
    public async Task A_tag_that_is_new_is_there_everywhere_at_once()
    {
        using var here = new RegistryClient(one.Url, Repository);
        using var there = new RegistryClient(other.Url, Repository);
        await here.PushAsync(Old, "v1");
        Assert.Null(await there.GetAsync("manifests/v2"));

        await here.PushAsync(New, "v2");

        Assert.Equal(New.Manifest.Content, await there.GetAsync("manifests/v2"));
    }

    [Fact]
    public async Task A_deleted_artifact_is_gone_everywhere_and_so_is_a_deleted_blob()
    {
        using var here = new RegistryClient(one.Url, Repository);
        using var there = new RegistryClient(other.Url, Repository);
        await here.PushAsync(Old, "v1");
        var (manifest, layer) = ($"manifests/{Old.Manifest.Digest}", $"blobs/{Digest.Of(Old.Layers[0])}");
        foreach (var path in new[] { "manifests/v1", manifest, layer })
        {
            Assert.NotNull(await there.GetAsync(path));
        }

        await here.DeleteAsync(manifest);
        await here.DeleteAsync(layer);

        Assert.Null(await here.GetAsync("manifests/v1"));
        Assert.Null(await here.GetAsync(layer));
        await WithinLagAsync(async () => await there.GetAsync("manifests/v1") is null && await there.GetAsync(manifest) is null && await there.GetAsync(layer) is null);
    }

    [Fact]
    public async Task A_membership_that_is_given_or_taken_counts_everywhere()
    {
        var project = await one.ProjectAsync();
        await one.UserAsync("reader");
        using var here = new RegistryClient(one.Url, $"{project}/web");
        using var reader = new RegistryClient(other.Url, $"{project}/web", "reader", People.Password);
        await here.PushAsync(Old, "v1");
        Assert.Equal(HttpStatusCode.Unauthorized, await reader.StatusAsync("manifests/v1"));

        await one.MemberAsync(project, "reader", Guest);
        await WithinLagAsync(async () => await reader.StatusAsync("manifests/v1") == HttpStatusCode.OK);

        using var removed = await one.Admin.DeleteAsync(new Uri($"/api/v2.0/projects/{project}/members/{await MemberIdAsync(project, "reader")}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, removed.StatusCode);
        await WithinLagAsync(async () => await reader.StatusAsync("manifests/v1") == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_project_that_is_made_private_is_private_everywhere()
    {
        var project = await one.ProjectAsync(isPublic: true);
        await one.UserAsync("anybody");
        using var here = new RegistryClient(one.Url, $"{project}/web");
        using var anybody = new RegistryClient(other.Url, $"{project}/web", "anybody", People.Password);
        await here.PushAsync(Old, "v1");
        Assert.Equal(HttpStatusCode.OK, await anybody.StatusAsync("manifests/v1"));

        using var changed = await one.Admin.PutAsJsonAsync($"/api/v2.0/projects/{project}", new { metadata = new Dictionary<string, string> { ["public"] = "false" } });
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);

        await WithinLagAsync(async () => await anybody.StatusAsync("manifests/v1") == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_replica_that_no_longer_hears_changes_answers_from_the_database_at_once()
    {
        using var here = new RegistryClient(one.Url, Repository);
        using var there = new RegistryClient(other.Url, Repository);
        await here.PushAsync(Old, "v1");
        Assert.Equal(Old.Manifest.Content, await there.GetAsync("manifests/v1"));

        for (var cut = 0; cut < 3; cut++)
        {
            await CutListenersAsync();
            await Eventually.HoldsAsync(() => !Feed(other).IsCurrent, "the cut is noticed");

            var image = cut % 2 == 0 ? New : Old;
            await here.PushAsync(image, "v1");
            Assert.Equal(image.Manifest.Content, await there.GetAsync("manifests/v1"));

            await Eventually.HoldsAsync(() => Feed(other).IsCurrent, "changes are heard again");
            Assert.Equal(image.Manifest.Content, await there.GetAsync("manifests/v1"));
        }
    }

    [Fact]
    public async Task A_hot_pull_is_answered_from_memory_and_asks_the_database_nothing()
    {
        using var here = new RegistryClient(one.Url, Repository);
        await here.PushAsync(Old, "v1");
        Assert.NotNull(await here.GetAsync("manifests/v1"));
        using var sql = new SqlStatements(one);
        sql.Take();

        Assert.NotNull(await here.GetAsync("manifests/v1"));

        Assert.DoesNotContain(sql.Take(), statement => statement.Contains("FROM artifact", StringComparison.Ordinal));
    }

    private async Task CutListenersAsync()
    {
        while ((long)(await one.Database.QueryAsync("""
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'harbor-changes' AND datname = current_database()
            """))! < 2)
        {
            await Task.Delay(20);
        }
    }

    private async Task<object?> MemberIdAsync(string project, string user) => await one.Database.QueryAsync($"""
        SELECT m.id FROM project_member m JOIN project p ON p.id = m.project_id JOIN harbor_user u ON u.id = m.entity_id
        WHERE p.name = '{project}' AND u.username = '{user}'
        """);

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

    private static ChangeFeed Feed(TestHarbor harbor) => harbor.Services.GetRequiredService<ChangeFeed>();
}
