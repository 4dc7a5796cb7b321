using System.Text.Json.Nodes;
using Harbor.Integration.Api;
using Harbor.Modules.Access;
using Xunit;

namespace Harbor.Integration.Retention;

/// <summary>Policies are kept, shown, changed and taken away; refusals are Harbor's.</summary>
public sealed class RetentionApiTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_project_names_its_policy_and_has_one_at_most()
    {
        var project = await RetentionProject.CreateAsync(api.Harbor);
        await project.KeepNewestAsync(3);

        Assert.Equal($"{project.PolicyId}", (string)(await api.Admin.JsonAsync($"/api/v2.0/projects/{project.Name}"))["metadata"]!["retention_id"]!);
        using var second = await api.Admin.CallAsync(HttpMethod.Post, RetentionProject.Base, project.Policy("", RetentionProject.Rule("always", 0)));
        Assert.Equal((400, "BAD_REQUEST", $"project {project.Id} already has retention policy {project.PolicyId}"), await second.RefusalAsync());

        using var deleted = await api.Admin.DeleteAsync(project.Path);
        Assert.Equal(200, (int)deleted.StatusCode);
        Assert.Null((await api.Admin.JsonAsync($"/api/v2.0/projects/{project.Name}"))["metadata"]!["retention_id"]);
        Assert.Equal((404, "NOT_FOUND", $"retention policy {project.PolicyId} not found"), await api.Admin.RefusalAsync(project.Path));
        await project.KeepNewestAsync(2);
    }

    [Fact]
    public async Task Of_two_that_give_a_project_a_policy_at_once_one_is_refused()
    {
        var project = await RetentionProject.CreateAsync(api.Harbor);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            api.Admin.CallAsync(HttpMethod.Post, RetentionProject.Base, project.Policy("", RetentionProject.Rule("always", 0)))));

        Assert.Equal([201, 400, 400, 400, 400, 400, 400, 400], answers.Select(answer => (int)answer.StatusCode).Order());
    }

    [Fact]
    public async Task A_policy_is_changed_by_the_project_that_it_belongs_to_alone()
    {
        var (project, other) = (await RetentionProject.CreateAsync(api.Harbor), await RetentionProject.CreateAsync(api.Harbor));
        await project.KeepNewestAsync(3, cron: "0 0 0 * * *");
        await other.KeepNewestAsync(3);

        using var foreign = await api.Admin.CallAsync(HttpMethod.Put, project.Path, other.Policy("", RetentionProject.Rule("always", 0)));
        Assert.Equal(404, (int)foreign.StatusCode);
        using var changed = await api.Admin.CallAsync(HttpMethod.Put, project.Path, project.Policy("", RetentionProject.Rule("always", 0)));
        Assert.Equal(200, (int)changed.StatusCode);

        var shown = await api.Admin.JsonAsync(project.Path);
        Assert.Equal("always", (string)shown["rules"]![0]!["template"]!);
        Assert.Equal("""{"cron":""}""", shown["trigger"]!["settings"]!.ToJsonString());
        Assert.Equal(0L, await api.Harbor.Database.QueryAsync($"SELECT count(*) FROM schedule WHERE vendor_type = 'RETENTION' AND vendor_id = {project.PolicyId}"));
    }

    [Theory]
    [InlineData("system", 1, "scope system is not support")]
    [InlineData("project", 0, "invalid project id 0")]
    [InlineData("project", 987654321, "project 987654321 not found")]
    public async Task A_policy_is_of_a_project(string level, long reference, string message)
    {
        using var refused = await api.Admin.CallAsync(HttpMethod.Post, RetentionProject.Base, new { scope = new { level, @ref = reference }, rules = Array.Empty<object>() });

        Assert.Equal((400, "BAD_REQUEST", message), await refused.RefusalAsync());
    }

    [Fact]
    public async Task What_is_asked_of_a_policy_that_is_not_there_is_a_bad_request_and_runs_of_another_are_not_found()
    {
        var (project, other) = (await RetentionProject.CreateAsync(api.Harbor), await RetentionProject.CreateAsync(api.Harbor));
        await project.KeepNewestAsync(1);
        await other.KeepNewestAsync(1);
        await api.ArtifactAsync(other.Name, "web", ["v1"]);
        var run = await other.RunAsync(dryRun: true);
        var task = (long)(await other.TasksAsync(run))[0]!["id"]!;

        Assert.Equal(400, (await api.Admin.RefusalAsync($"{RetentionProject.Base}/987654321/executions")).Status);
        using var begun = await api.Admin.CallAsync(HttpMethod.Post, $"{RetentionProject.Base}/987654321/executions", new { dry_run = true });
        Assert.Equal(400, (int)begun.StatusCode);
        Assert.Equal(404, (await api.Admin.RefusalAsync($"{project.Path}/executions/{run}/tasks")).Status);
        Assert.Equal(404, (await api.Admin.RefusalAsync($"{project.Path}/executions/{run}/tasks/{task}")).Status);
        Assert.Equal(404, (await api.Admin.RefusalAsync($"{other.Path}/executions/{run}/tasks/987654321")).Status);
        using var stopped = await api.Admin.CallAsync(HttpMethod.Patch, $"{project.Path}/executions/{run}", new { action = "stop" });
        Assert.Equal(404, (int)stopped.StatusCode);
        using var odd = await api.Admin.CallAsync(HttpMethod.Patch, $"{other.Path}/executions/{run}", new { action = "pause" });
        Assert.Equal(400, (int)odd.StatusCode);
    }

    [Fact]
    public async Task Runs_are_shown_newest_first_and_all_of_them_unless_a_page_is_asked_for()
    {
        var project = await RetentionProject.CreateAsync(api.Harbor);
        await project.KeepNewestAsync(1);
        for (var each = 0; each < 12; each++)
        {
            await project.BeginAsync();
        }

        Assert.Equal(12, (await api.Admin.JsonAsync($"{project.Path}/executions")).AsArray().Count);
        using var page = await api.Admin.GetAsync($"{project.Path}/executions?page=2&page_size=5");
        Assert.Equal("12", Assert.Single(page.Headers.GetValues("X-Total-Count")));
        var ids = JsonNode.Parse(await page.BodyAsync())!.AsArray().Select(each => (long)each!["id"]!).ToList();
        Assert.Equal(ids.OrderDescending(), ids);
        Assert.Contains($"<{project.Path}/executions?page=1&page_size=5>; rel=\"prev\" , <{project.Path}/executions?page=3&page_size=5>; rel=\"next\"", page.Headers.GetValues("Link"));
    }

    [Fact]
    public async Task A_policy_goes_with_its_project()
    {
        var project = await RetentionProject.CreateAsync(api.Harbor);
        await project.KeepNewestAsync(1, cron: "0 0 0 * * *");
        await project.BeginAsync();

        using var deleted = await api.Admin.DeleteAsync($"/api/v2.0/projects/{project.Name}");

        Assert.Equal(200, (int)deleted.StatusCode);
        Assert.Equal(404, (await api.Admin.RefusalAsync(project.Path)).Status);
        Assert.Equal(0L, await api.Harbor.Database.QueryAsync($"""
            SELECT (SELECT count(*) FROM schedule WHERE vendor_type = 'RETENTION' AND vendor_id = {project.PolicyId})
                + (SELECT count(*) FROM execution WHERE vendor_type = 'RETENTION' AND vendor_id = {project.PolicyId})
            """));
    }

    [Fact]
    public async Task What_was_pushed_less_than_a_grace_ago_stays_whatever_the_rules_say()
    {
        var project = await RetentionProject.CreateAsync(api.Harbor);
        await api.ArtifactAsync(project.Name, "web", ["v1"], minutesAgo: 60 * 24);
        await api.ArtifactAsync(project.Name, "web", ["v2"]);
        await project.KeepNewestAsync(1);

        var run = await project.RunAsync();

        Assert.Equal("web 2/2 Success", await project.SumsAsync(run));   // touched just now, however old
        Assert.Contains("2 of them were pushed or touched within the grace", await project.LogAsync(run), StringComparison.Ordinal);
        await api.Harbor.Database.QueryAsync("UPDATE artifact SET touched_at = now() - interval '3 hours'");
        Assert.Equal("web 2/1 Success", await project.SumsAsync(await project.RunAsync()));
    }

    [Fact]
    public async Task A_guest_may_neither_see_nor_run_a_policy()
    {
        var project = await RetentionProject.CreateAsync(api.Harbor);
        await project.KeepNewestAsync(1);
        var guest = await api.MemberAsync(project.Name, Role.Guest);

        Assert.Equal(403, (await guest.RefusalAsync(project.Path)).Status);
        using var begun = await guest.CallAsync(HttpMethod.Post, $"{project.Path}/executions", new { dry_run = false });
        Assert.Equal(403, (int)begun.StatusCode);
        Assert.Equal(401, (await api.Anonymous.RefusalAsync($"{RetentionProject.Base}/metadatas")).Status);
        Assert.Equal(5, (await guest.JsonAsync($"{RetentionProject.Base}/metadatas"))["templates"]!.AsArray().Count);
    }
}
