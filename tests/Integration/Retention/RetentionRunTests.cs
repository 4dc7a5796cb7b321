using Harbor.Integration.Api;
using Harbor.Integration.Content;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Jobs;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Retention;

/// <summary>A run deletes what no rule retains, and nothing else.</summary>
public sealed class RetentionRunTests : IAsyncLifetime
{
    private readonly HoldingPoints points = new();
    private TestHarbor harbor = null!;
    private RetentionProject project = null!;
    private ContentRepository web = null!;

    public async ValueTask InitializeAsync()
    {
        // Without a grace, so that what was pushed a moment ago may go.
        harbor = await TestHarbor.StartAsync(new TestHarborOptions { GarbageGrace = TimeSpan.Zero, Services = services => services.AddSingleton<PausePoints>(points) });
        project = await RetentionProject.CreateAsync(harbor);
        web = project.Repository("web");
    }

    public async ValueTask DisposeAsync()
    {
        web.Dispose();
        await harbor.DisposeAsync();
    }

    [Fact]
    public async Task What_no_rule_retains_goes_under_one_deletion_and_repositories_without_a_rule_are_left_alone()
    {
        await PushAsync("v1", "v2", "v3");
        using var other = project.Repository("other");
        await other.Registry.PushAsync(Image(9), "v1");
        await project.KeepNewestAsync(1, repositories: "web");

        var run = await project.RunAsync();

        Assert.Equal("web 3/1 Success", await project.SumsAsync(run));
        Assert.Equal(["v3"], (await web.TagsAsync()).Select(each => each.Tag));
        Assert.Equal(["v1"], (await other.TagsAsync()).Select(each => each.Tag));
        Assert.Equal("1 retention admin 2", await harbor.Database.QueryAsync("""
            SELECT count(DISTINCT d.id) || ' ' || min(reason) || ' ' || min(deleted_by) || ' ' || count(*) FROM deletion d JOIN artifact a ON a.deletion_id = d.id
            """));
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task A_run_is_shown_with_its_times_its_trigger_and_a_table_of_what_was_judged()
    {
        await PushAsync("v1", "v2");
        await project.KeepNewestAsync(1);

        var run = await project.RunAsync();

        var execution = await project.ExecutionAsync(run);
        Assert.Equal(("Success", "MANUAL", project.PolicyId), ((string)execution["status"]!, (string)execution["trigger"]!, (long)execution["policy_id"]!));
        Assert.Matches(@"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$", (string)execution["end_time"]!);
        Assert.Null(execution["dry_run"]);
        var task = Assert.Single(await project.TasksAsync(run))!;
        Assert.Equal((3, run), ((int)task["status_code"]!, (long)task["execution_id"]!));
        var log = await project.LogAsync(run);
        Assert.Matches(@"\| Digest +\| Tag \| Kind  \| Labels \| PushedTime +\| PulledTime \| CreatedTime +\| Retention \|", log);
        Assert.Matches(@"\| sha256:\w{53} ?\S* +\| v1  \| image .*\| DEL ", log);
        Assert.Matches(@"\| v2  \| image .*\| RETAIN ", log);
    }

    [Fact]
    public async Task A_dry_run_tells_the_same_and_deletes_nothing()
    {
        await PushAsync("v1", "v2", "v3");
        await project.KeepNewestAsync(2);

        var run = await project.RunAsync(dryRun: true);

        Assert.Equal("web 3/2 Success", await project.SumsAsync(run));
        Assert.True((bool)(await project.ExecutionAsync(run))["dry_run"]!);
        Assert.Matches(@"\| v1 .*\| DEL ", await project.LogAsync(run));
        Assert.Equal(["v1", "v2", "v3"], (await web.TagsAsync()).Select(each => each.Tag));
        Assert.Equal(0L, await harbor.Database.QueryAsync("SELECT count(*) FROM deletion"));
    }

    [Fact]
    public async Task Immutable_artifacts_stay_and_count_as_retained()
    {
        await PushAsync("v1", "v2", "v3");
        await ImmutableAsync("v1");
        await project.KeepNewestAsync(1);

        var run = await project.RunAsync();

        Assert.Equal("web 3/2 Success", await project.SumsAsync(run));
        Assert.Matches(@"\| v1 .*\| IMMUTABLE ", await project.LogAsync(run));
        Assert.Equal(["v1", "v3"], (await web.TagsAsync()).Select(each => each.Tag));
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task An_index_goes_with_its_children_and_signatures_which_are_not_judged_themselves()
    {
        await web.Registry.PushAsync(Image(1));
        var index = TestManifest.Index(Image(1).Manifest);
        await web.Registry.PushAsync(index, "old");
        await web.Registry.PostAsync(TestImage.Empty);
        await web.Registry.PostAsync(TestImage.Bytes(7));
        await web.Registry.PushAsync(TestManifest.Signature(index, TestImage.Bytes(7)));
        await PushAsync("new");
        await project.KeepNewestAsync(1);

        var run = await project.RunAsync();

        Assert.Equal("web 2/1 Success", await project.SumsAsync(run));
        Assert.Equal(1L, await harbor.Database.QueryAsync("SELECT count(*) FROM artifact WHERE deletion_id IS NULL"));
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task An_index_stays_whole_when_its_signature_has_an_immutable_tag()
    {
        await web.Registry.PushAsync(Image(1), "old");
        await web.Registry.PostAsync(TestImage.Empty);
        await web.Registry.PostAsync(TestImage.Bytes(7));
        await web.Registry.PushAsync(TestManifest.Signature(Image(1).Manifest, TestImage.Bytes(7)), "sha256-sig");
        await PushAsync("middle", "new");
        await ImmutableAsync("sha256-*");
        await project.KeepNewestAsync(1);

        var run = await project.RunAsync();

        Assert.Equal("web 3/2 Success", await project.SumsAsync(run));
        Assert.Equal(3L, await harbor.Database.QueryAsync("SELECT count(*) FROM artifact WHERE deletion_id IS NULL"));
        await ContentRepository.AuditAsync(harbor);
    }

    [Fact]
    public async Task A_policy_that_finds_nothing_is_done_at_once()
    {
        await project.KeepNewestAsync(1);

        var run = await project.BeginAsync();

        Assert.Equal("Success", (string)(await project.ExecutionAsync(run))["status"]!);
        Assert.Empty(await project.TasksAsync(run));
        Assert.Equal("no resources for retention", await harbor.Database.QueryAsync($"SELECT status_message FROM execution WHERE id = {run}"));
    }

    [Fact]
    public async Task What_was_stopped_before_it_decided_deletes_nothing()
    {
        await PushAsync("v1", "v2");
        await project.KeepNewestAsync(1);
        var held = points.HoldAt("prune.held");
        var run = await project.BeginAsync();
        await held.ReachedAsync();

        using var stopped = await harbor.Admin.CallAsync(HttpMethod.Patch, $"{project.Path}/executions/{run}", new { action = "stop" });
        await harbor.Services.GetRequiredService<JobWorkers>().RunDueAsync(TestContext.Current.CancellationToken);

        Assert.Equal(200, (int)stopped.StatusCode);
        Assert.Equal("Stopped", (string)(await project.ExecutionAsync(run))["status"]!);
        Assert.Equal(["v1", "v2"], (await web.TagsAsync()).Select(each => each.Tag));
    }

    [Fact]
    public async Task A_schedule_begins_a_run_when_its_time_has_come()
    {
        await PushAsync("v1", "v2");
        await project.KeepNewestAsync(1, cron: "0 0 0 * * *");
        Assert.NotNull((await harbor.Admin.JsonAsync(project.Path))["trigger"]!["settings"]!["next_scheduled_time"]);

        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromHours(24));
        await harbor.Services.GetRequiredService<ScheduleClock>().FireDueAsync(TestContext.Current.CancellationToken);
        await harbor.Services.GetRequiredService<JobWorkers>().RunDueAsync(TestContext.Current.CancellationToken);

        var execution = Assert.Single((await harbor.Admin.JsonAsync($"{project.Path}/executions")).AsArray())!;
        Assert.Equal(("SCHEDULE", "Success"), ((string)execution["trigger"]!, (string)execution["status"]!));
        Assert.Equal(["v2"], (await web.TagsAsync()).Select(each => each.Tag));
        Assert.Equal("system", await harbor.Database.QueryAsync("SELECT deleted_by FROM deletion"));
    }

    private async Task PushAsync(params string[] tags)
    {
        foreach (var (tag, seed) in tags.Select((tag, at) => (tag, 100 + at)))
        {
            await web.Registry.PushAsync(Image(seed), tag);
        }
    }

    private static TestImage Image(int seed) => TestImage.Of($"image {seed}", TestImage.Bytes(seed));

    private async Task ImmutableAsync(string tags)
    {
        using var made = await harbor.Admin.CallAsync(HttpMethod.Post, $"/api/v2.0/projects/{project.Name}/immutabletagrules", new
        {
            tag_selectors = new[] { new { kind = "doublestar", decoration = "matches", pattern = tags } },
            scope_selectors = new { repository = new[] { new { kind = "doublestar", decoration = "repoMatches", pattern = "**" } } },
        });
        Assert.Equal(201, (int)made.StatusCode);
    }
}
