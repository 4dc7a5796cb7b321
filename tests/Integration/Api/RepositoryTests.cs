using System.Net;
using System.Text.Json.Nodes;
using Harbor.Modules.Access;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Api;

public sealed class RepositoryTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_repository_is_shown_with_exactly_these_fields()
    {
        var project = await api.ProjectAsync();
        await api.ArtifactAsync(project, "team/web", ["v1"]);
        var projectId = await api.ProjectIdAsync(project);

        var shown = await api.Admin.JsonAsync($"{Path(project)}/team%252Fweb");

        shown["creation_time"] = "T";
        shown["update_time"] = "T";
        var id = (long)shown["id"]!;
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse($$"""{"id":{{id}},"project_id":{{projectId}},"name":"{{project}}/team/web","artifact_count":1,"pull_count":0,"creation_time":"T","update_time":"T"}"""),
            shown), shown.ToJsonString());
    }

    [Theory]
    [InlineData("team%252Fweb", 200)]
    [InlineData("team%2Fweb", 200)]
    [InlineData("team/web", 404)]
    [InlineData("team%25252Fweb", 404)]
    [InlineData("web", 404)]
    [InlineData("TEAM%252Fweb", 404)]
    [InlineData("%2500", 404)]
    [InlineData("%25C3%25A9", 404)]
    [InlineData("..%252F..", 404)]
    [InlineData("';DROP%20TABLE%20repository--", 404)]
    public async Task A_repository_is_named_with_its_slashes_encoded(string name, int status)
    {
        var project = await api.ProjectAsync();
        await api.ArtifactAsync(project, "team/web", []);

        using var answer = await api.Admin.CallAsync(HttpMethod.Get, $"{Path(project)}/{name}");

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task What_has_no_visible_artifact_is_not_there()
    {
        var project = await api.ProjectAsync();
        var artifact = await api.ArtifactAsync(project, "gone", ["v1"]);
        await api.ArtifactAsync(project, "here", []);
        await api.HideAsync(artifact);

        Assert.Equal([$"{project}/here"], (await api.Admin.JsonAsync(Path(project))).Names());
        Assert.Equal((404, "NOT_FOUND", $"repository {project}/gone not found"), await api.Admin.RefusalAsync($"{Path(project)}/gone"));
        Assert.Equal(1, (int)(await api.Admin.JsonAsync($"/api/v2.0/projects/{project}"))["repo_count"]!);
        using var changed = await api.Admin.CallAsync(HttpMethod.Put, $"{Path(project)}/gone", new { description = "x" });
        Assert.Equal(HttpStatusCode.NotFound, changed.StatusCode);
    }

    [Fact]
    public async Task The_count_leaves_out_accessories_and_untagged_parts_and_the_time_is_that_of_the_newest_content()
    {
        var project = await api.ProjectAsync();
        var index = await api.ArtifactAsync(project, "web", ["v1"], minutesAgo: 50);
        var (part, taggedPart) = (await api.ArtifactAsync(project, "web", [], minutesAgo: 50), await api.ArtifactAsync(project, "web", ["arm"], minutesAgo: 50));
        await api.ChildAsync(index, part);
        await api.ChildAsync(index, taggedPart);
        await api.AccessoryAsync(await api.ArtifactAsync(project, "web", ["sig"], minutesAgo: 40), index);

        Assert.Equal(2, (int)(await api.Admin.JsonAsync($"{Path(project)}/web"))["artifact_count"]!);
        Assert.InRange(await MinutesAgoAsync(project), 39, 42);
        await api.TagAsync(index, "v2", minutesAgo: 5);
        Assert.InRange(await MinutesAgoAsync(project), 4, 7);
        await api.HideAsync(index);
        Assert.Equal(2, (int)(await api.Admin.JsonAsync($"{Path(project)}/web"))["artifact_count"]!);
    }

    [Fact]
    public async Task A_description_is_stored_escaped_and_shown_so()
    {
        var project = await api.ProjectAsync();
        await api.ArtifactAsync(project, "web", []);

        using var changed = await api.Admin.CallAsync(HttpMethod.Put, $"{Path(project)}/web", new { description = "<b>größe & \"co\" 'x'</b>", name = "ignored", pull_count = 7 });

        Assert.Equal((HttpStatusCode.OK, ""), (changed.StatusCode, await changed.BodyAsync()));
        var shown = await api.Admin.JsonAsync($"{Path(project)}/web");
        Assert.Equal(("&lt;b&gt;größe &amp; &#34;co&#34; &#39;x&#39;&lt;/b&gt;", 0), ((string)shown["description"]!, (int)shown["pull_count"]!));
    }

    [Theory]
    [InlineData("", 422)]
    [InlineData("[]", 422)]
    [InlineData("""{"description":7}""", 422)]
    [InlineData("""{"description":"\u0000"}""", 400)]
    public async Task A_description_that_is_none_is_refused(string body, int status)
    {
        var project = await api.ProjectAsync();
        await api.ArtifactAsync(project, "web", []);

        using var refused = await api.Admin.CallTextAsync(HttpMethod.Put, $"{Path(project)}/web", body);

        Assert.Equal(status, (await refused.RefusalAsync()).Status);
    }

    [Fact]
    public async Task Across_projects_each_caller_sees_the_repositories_of_the_projects_he_sees()
    {
        var (open, closed) = (await api.ProjectAsync(isPublic: true), await api.ProjectAsync());
        var name = ApiFixture.Unique("shared");
        await api.ArtifactAsync(open, name, []);
        await api.ArtifactAsync(closed, name, []);
        var (_, _, stranger) = await api.UserAsync();
        var member = await api.MemberAsync(closed, Role.LimitedGuest);

        Assert.Equal([$"{open}/{name}"], await AllAsync(api.Anonymous, name));
        Assert.Equal([$"{open}/{name}"], await AllAsync(stranger, name));
        Assert.Equal(2, (await AllAsync(member, name)).Length);
        Assert.Equal(2, (await AllAsync(api.Admin, name)).Length);
    }

    [Fact]
    public async Task Repositories_are_filtered_sorted_and_paged()
    {
        var project = await api.ProjectAsync();
        foreach (var (name, age) in (IEnumerable<(string, int)>)[("b/one", 10), ("a_two", 30), ("c", 20)])
        {
            await api.ArtifactAsync(project, name, [], age);
        }

        await api.Harbor.Database.QueryAsync($"UPDATE repository SET pull_count = 7 WHERE name = '{project}/c'");

        Assert.Equal([$"{project}/c", $"{project}/a_two", $"{project}/b/one"], await ListAsync(project, ""));
        Assert.Equal([$"{project}/a_two", $"{project}/b/one", $"{project}/c"], await ListAsync(project, "?sort=name"));
        Assert.Equal([$"{project}/b/one", $"{project}/c", $"{project}/a_two"], await ListAsync(project, "?sort=-update_time"));
        Assert.Equal([$"{project}/a_two"], await ListAsync(project, "?q=name%3D~_"));
        Assert.Equal([$"{project}/c"], await ListAsync(project, "?q=pull_count%3D[1~]"));
        Assert.Equal([$"{project}/c"], await ListAsync(project, $"?q=name%3D{project}/c,unknown%3D1"));
        Assert.Equal(400, (await api.Admin.RefusalAsync($"{Path(project)}?q=pull_count%3Dmany")).Status);
        using var page = await api.Admin.CallAsync(HttpMethod.Get, $"{Path(project)}?sort=name&page=2&page_size=1");
        Assert.Equal("3", page.Headers.GetValues("X-Total-Count").Single());
        Assert.Equal(
            $"<{Path(project)}?page=1&page_size=1&sort=name>; rel=\"prev\" , <{Path(project)}?page=3&page_size=1&sort=name>; rel=\"next\"", page.Headers.GetValues("Link").Single());
        Assert.Equal([$"{project}/b/one"], JsonNode.Parse(await page.BodyAsync())!.Names());
    }

    [Fact]
    public async Task However_many_repositories_are_listed_it_takes_the_same_statements()
    {
        var project = await api.ProjectAsync();
        for (var each = 0; each < 6; each++)
        {
            await api.ArtifactAsync(project, $"r{each}", ["v1"]);
        }

        await api.Admin.JsonAsync(Path(project));
        using var statements = new SqlStatements(api.Harbor);
        await api.Admin.JsonAsync($"{Path(project)}?page_size=1&page=2");
        var few = statements.Take();
        await api.Admin.JsonAsync($"{Path(project)}?page_size=4&page=1");
        var many = statements.Take();

        Assert.Equal((3, 3), (few.Count, many.Count));
    }

    [Fact]
    public async Task In_a_public_project_anybody_lists_repositories_but_only_members_look_at_one()
    {
        var project = await api.ProjectAsync(isPublic: true);
        await api.ArtifactAsync(project, "web", []);
        var (_, _, stranger) = await api.UserAsync();

        Assert.Single((await api.Anonymous.JsonAsync(Path(project))).AsArray());
        Assert.Equal(401, (await api.Anonymous.RefusalAsync($"{Path(project)}/web")).Status);
        Assert.Equal(403, (await stranger.RefusalAsync($"{Path(project)}/web")).Status);
    }

    private static string Path(string project) => $"/api/v2.0/projects/{project}/repositories";

    private async Task<string[]> ListAsync(string project, string query) => [.. (await api.Admin.JsonAsync(Path(project) + query)).Names()];

    private static async Task<string[]> AllAsync(HttpClient client, string name) => [.. (await client.JsonAsync($"/api/v2.0/repositories?q=name%3D~{name}")).Names()];

    private async Task<double> MinutesAgoAsync(string project) =>
        (TimeProvider.System.GetUtcNow() - DateTimeOffset.Parse((string)(await api.Admin.JsonAsync($"{Path(project)}/web"))["update_time"]!, System.Globalization.CultureInfo.InvariantCulture))
        .TotalMinutes;
}
