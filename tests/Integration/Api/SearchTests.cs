using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Api;

public sealed class SearchTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Path = "/api/v2.0/search";

    [Fact]
    public async Task What_finds_nothing_answers_two_empty_lists() =>
        Assert.Equal("""{"project":[],"repository":[]}""", (await api.Anonymous.JsonAsync($"{Path}?q=nothing-is-called-so")).ToJsonString());

    [Fact]
    public async Task A_caller_without_any_membership_finds_what_is_public()
    {
        var prefix = ApiFixture.Unique("reach");
        var (open, closed) = ($"{prefix}-open", $"{prefix}-closed");
        foreach (var (name, isPublic) in new[] { (open, "true"), (closed, "false") })
        {
            using var made = await api.Admin.CallAsync(HttpMethod.Post, "/api/v2.0/projects", new { project_name = name, metadata = new { @public = isPublic } });
            made.EnsureSuccessStatusCode();
            await api.ArtifactAsync(name, "web", []);
        }

        var (_, _, stranger) = await api.UserAsync();

        foreach (var client in new[] { stranger, api.Anonymous, api.Harbor.ClientAs("admin", "Wr0ngwrong") })
        {
            var found = await client.JsonAsync($"{Path}?q={prefix}");
            Assert.Equal([open], found["project"]!.Names());
            Assert.Equal([$"{open}/web"], found["repository"]!.Names("repository_name"));
        }

        var all = await api.Admin.JsonAsync($"{Path}?q={prefix}");
        Assert.Equal([closed, open], all["project"]!.Names());
        Assert.Equal([$"{closed}/web", $"{open}/web"], all["repository"]!.Names("repository_name"));
    }

    [Fact]
    public async Task Projects_are_told_apart_by_case_and_repositories_are_not()
    {
        var project = await api.ProjectAsync(isPublic: true);
        await api.ArtifactAsync(project, "web", []);

        var found = await api.Anonymous.JsonAsync($"{Path}?q={project.ToUpperInvariant()}");

        Assert.Empty(found["project"]!.AsArray());
        Assert.Equal([$"{project}/web"], found["repository"]!.Names("repository_name"));
    }

    [Theory]
    [InlineData("%25")]
    [InlineData("_")]
    [InlineData("%5C")]
    [InlineData("%5C%25")]
    [InlineData("l%25y")]
    [InlineData("'%3B DROP TABLE project%3B --")]
    [InlineData("\" OR 1=1")]
    [InlineData("gr%C3%B6%C3%9Fe%F0%9F%98%80")]
    public async Task What_means_something_to_a_database_means_itself(string q)
    {
        var found = await api.Admin.JsonAsync($"{Path}?q={q.Replace(";", "%3B", StringComparison.Ordinal).Replace("\"", "%22", StringComparison.Ordinal)}");

        Assert.All(found["project"]!.Names().Concat(found["repository"]!.Names("repository_name")), name => Assert.Contains(Uri.UnescapeDataString(q), name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_character_that_no_name_can_hold_is_a_bad_request_and_a_long_question_finds_nothing()
    {
        Assert.Equal(400, (await api.Anonymous.RefusalAsync($"{Path}?q=%00")).Status);
        Assert.Equal("""{"project":[],"repository":[]}""", (await api.Anonymous.JsonAsync($"{Path}?q={new string('a', 5000)}")).ToJsonString());
    }

    [Fact]
    public async Task Repositories_without_a_visible_artifact_and_deleted_projects_are_not_found()
    {
        var (project, gone) = (await api.ProjectAsync(isPublic: true), await api.ProjectAsync(isPublic: true));
        await api.HideAsync(await api.ArtifactAsync(project, "hidden", []));
        using var deleted = await api.Admin.CallAsync(HttpMethod.Delete, $"/api/v2.0/projects/{gone}");
        deleted.EnsureSuccessStatusCode();

        Assert.Empty((await api.Admin.JsonAsync($"{Path}?q={project}"))["repository"]!.AsArray());
        Assert.Equal("""{"project":[],"repository":[]}""", (await api.Admin.JsonAsync($"{Path}?q={gone}")).ToJsonString());
    }

    [Fact]
    public async Task Statistics_of_a_caller_without_memberships_count_what_is_public_and_nothing_of_what_was_deleted()
    {
        await using var harbor = await TestHarbor.StartAsync();
        var own = new ApiFixture(harbor);
        var (_, _, stranger) = await own.UserAsync();
        await own.ProjectAsync();
        var gone = await own.ProjectAsync(isPublic: true);
        using var deleted = await harbor.Admin.CallAsync(HttpMethod.Delete, $"/api/v2.0/projects/{gone}");

        Assert.Equal(
            """{"private_project_count":0,"private_repo_count":0,"public_project_count":1,"public_repo_count":0,"total_project_count":0,"total_repo_count":0,"total_storage_consumption":0}""",
            (await stranger.JsonAsync("/api/v2.0/statistics")).ToJsonString());
        Assert.Equal(
            """{"private_project_count":1,"private_repo_count":0,"public_project_count":1,"public_repo_count":0,"total_project_count":2,"total_repo_count":0,"total_storage_consumption":0}""",
            (await harbor.Admin.JsonAsync("/api/v2.0/statistics")).ToJsonString());
    }
}
