using System.Text.Json.Nodes;
using Harbor.Integration.Api;
using Harbor.Modules.Access;
using Harbor.Support;
using Xunit;
using static Harbor.Integration.Robots.RobotCalls;

namespace Harbor.Integration.Robots;

/// <summary>What robots get to see and do through the rest of the API and the registry protocol.</summary>
public sealed class RobotReachTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_projects_robot_acts_in_its_project_as_far_as_it_was_given_and_reads_what_is_public()
    {
        var (own, other, open) = (await api.ProjectAsync(), await api.ProjectAsync(), await api.ProjectAsync(isPublic: true));
        await api.ArtifactAsync(own, "web", ["v1"]);
        await api.ArtifactAsync(open, "web", ["v1"]);
        var robot = (await api.RobotAsync(own, "repository:list", "project:read")).Client;

        Assert.Equal(200, await robot.StatusAsync($"/api/v2.0/projects/{own}"));
        Assert.Equal(200, await robot.StatusAsync($"/api/v2.0/projects/{own}/repositories"));
        Assert.Equal(403, await robot.StatusAsync($"/api/v2.0/projects/{own}/repositories/web"));
        Assert.Equal(403, await robot.StatusAsync($"/api/v2.0/projects/{own}/members"));
        Assert.Equal(403, await robot.StatusAsync(HttpMethod.Delete, $"/api/v2.0/projects/{own}"));
        Assert.Equal(403, await robot.StatusAsync($"/api/v2.0/projects/{other}"));
        Assert.Equal(403, await robot.StatusAsync("/api/v2.0/projects/no-such-project"));
        Assert.Equal(200, await robot.StatusAsync($"/api/v2.0/projects/{open}/repositories/web/artifacts"));
        Assert.Equal(403, await robot.StatusAsync("/api/v2.0/users"));
    }

    [Fact]
    public async Task A_robot_in_every_project_acts_in_those_made_after_it()
    {
        var robot = (await api.RobotAsync(InProject("*", "project:read", "project:delete"))).Client;
        var later = await api.ProjectAsync();

        Assert.Equal(200, await robot.StatusAsync($"/api/v2.0/projects/{later}"));
        Assert.Equal(200, await robot.StatusAsync(HttpMethod.Delete, $"/api/v2.0/projects/{later}"));
    }

    [Fact]
    public async Task Lists_show_a_robot_its_own_projects_and_the_public_ones_and_all_to_one_that_covers_them()
    {
        var (own, other, open) = (await api.ProjectAsync(), await api.ProjectAsync(), await api.ProjectAsync(isPublic: true));
        foreach (var project in (string[])[own, other, open])
        {
            await api.ArtifactAsync(project, "web", ["v1"]);
        }

        var ofProject = await api.RobotAsync(own, "repository:pull");
        var ofTwo = await api.RobotAsync(InProject(own, "tag:list"), InProject(other, "tag:list"));
        var everywhere = await api.RobotAsync(InProject("*", "tag:list"));
        var lister = await api.RobotAsync(InSystem("project:list"));
        async Task<string> SeenAsync(MadeRobot robot, string list) => string.Join(' ',
            from name in (await robot.Client.JsonAsync(list)).Names()
            let project = name.Split('/')[0]
            where project == own || project == other || project == open
            select project == own ? "own" : project == other ? "other" : "open");

        const string Projects = "/api/v2.0/projects?page_size=0";
        const string Repositories = "/api/v2.0/repositories?page_size=0&sort=name";
        Assert.Equal(("own open", "own open"), (await SeenAsync(ofProject, Projects), await SeenAsync(ofProject, Repositories)));
        Assert.Equal(("own other open", "own other open"), (await SeenAsync(ofTwo, Projects), await SeenAsync(ofTwo, Repositories)));
        Assert.Equal(("own other open", "own other open"), (await SeenAsync(everywhere, Projects), await SeenAsync(everywhere, Repositories)));
        Assert.Equal(("own other open", "open"), (await SeenAsync(lister, Projects), await SeenAsync(lister, Repositories)));
        Assert.Equal("own", await SeenAsync(ofProject, $"{Projects}&public=false"));
        Assert.Null((await ofProject.Client.JsonAsync($"/api/v2.0/projects?name={own}"))[0]!["current_user_role_ids"]);
    }

    [Fact]
    public async Task A_search_shows_robots_what_is_public()
    {
        var (own, open) = (await api.ProjectAsync(), await api.ProjectAsync(isPublic: true));
        await api.ArtifactAsync(own, "searched", ["v1"]);
        await api.ArtifactAsync(open, "searched", ["v1"]);
        foreach (var robot in (MadeRobot[])[await api.RobotAsync(own, "repository:pull"), await api.RobotAsync(InProject("*", "repository:pull"), InSystem("project:list"))])
        {
            Assert.Equal([$"{open}/searched"], (await robot.Client.JsonAsync("/api/v2.0/search?q=searched"))["repository"]!.Names("repository_name"));
            Assert.DoesNotContain(own, (await robot.Client.JsonAsync($"/api/v2.0/search?q={own}"))["project"]!.Names());
        }
    }

    [Fact]
    public async Task A_robot_is_no_user_and_counts_what_anybody_may_count()
    {
        var project = await api.ProjectAsync();
        var robot = (await api.RobotAsync(InProject("*", [.. RobotCatalogue.Project.Select(permission => $"{permission}")]), InSystem("project:list"))).Client;

        Assert.Equal(412, await robot.StatusAsync("/api/v2.0/users/current"));
        Assert.Equal((403, "FORBIDDEN"), await robot.RefusalAsync("/api/v2.0/permissions") is var (status, code, _) ? (status, code) : default);
        var counted = await robot.JsonAsync("/api/v2.0/statistics");
        Assert.Equal((0, 0), ((int)counted["private_project_count"]!, (int)counted["total_project_count"]!));
        Assert.Equal(
            """[{"resource":"project","action":"list"}]""",
            (await robot.JsonAsync("/api/v2.0/users/current/permissions?scope=/system&relative=true")).ToJsonString());
        Assert.Contains("""{"resource":".","action":"read"}""", (await robot.JsonAsync(
            $"/api/v2.0/users/current/permissions?scope=/project/{await api.ProjectIdAsync(project)}&relative=true")).AsArray().Select(each => each!.ToJsonString()));
    }

    [Fact]
    public async Task A_robot_of_the_system_makes_projects_that_the_oldest_administrator_owns()
    {
        var robot = await api.RobotAsync(InSystem("project:list"));
        var creator = await api.RobotAsync(InSystem("project:create"));
        var (plain, limited, unlimited) = (ApiFixture.Unique("made"), ApiFixture.Unique("made"), ApiFixture.Unique("made"));

        Assert.Equal(201, await robot.Client.StatusAsync(HttpMethod.Post, "/api/v2.0/projects", new { project_name = plain, storage_limit = 5000 }));
        Assert.Equal(201, await creator.Client.StatusAsync(HttpMethod.Post, "/api/v2.0/projects", new { project_name = limited, storage_limit = 5000 }));

        var shown = await api.Admin.JsonAsync($"/api/v2.0/projects/{plain}");
        Assert.Equal((1, "admin", 1), ((int)shown["owner_id"]!, (string)shown["owner_name"]!, (int)shown["current_user_role_id"]!));
        Assert.Equal(-1L, await HardAsync(plain));        // a limit of one's own is for those who may create projects
        Assert.Equal(5000L, await HardAsync(limited));
        Assert.Equal(403, await creator.Client.StatusAsync($"/api/v2.0/projects/{limited}"));   // to have made it gives no right in it
        Assert.Equal(409, await creator.Client.StatusAsync(HttpMethod.Post, "/api/v2.0/projects", new { project_name = limited }));
        Assert.Equal(400, await creator.Client.StatusAsync(HttpMethod.Post, "/api/v2.0/projects", new { project_name = $"{unlimited}/" }));
    }

    [Fact]
    public async Task A_projects_robot_makes_no_project()
    {
        var robot = await api.RobotAsync(await api.ProjectAsync(), "project:read");

        using var refused = await robot.Client.CallAsync(HttpMethod.Post, "/api/v2.0/projects", new { project_name = "by-robot" });

        Assert.Equal((403, "FORBIDDEN", "Only system level robot can create project"), await refused.RefusalAsync());
    }

    [Fact]
    public async Task Where_creation_is_the_administrators_a_robot_needs_the_permission()
    {
        await using var harbor = await TestHarbor.StartAsync();
        var own = new ApiFixture(harbor);
        await harbor.Database.QueryAsync("INSERT INTO setting (name, value) VALUES ('project_creation_restriction', 'adminonly'); SELECT pg_notify('harbor_changes', 'settings')");
        var without = await own.RobotAsync(InSystem("project:list"));
        var with = await own.RobotAsync(InSystem("project:create"));

        using var refused = await without.Client.CallAsync(HttpMethod.Post, "/api/v2.0/projects", new { project_name = "no" });
        Assert.Equal((403, "FORBIDDEN", "Only system admin can create project"), await refused.RefusalAsync());
        Assert.Equal(201, await with.Client.StatusAsync(HttpMethod.Post, "/api/v2.0/projects", new { project_name = "yes" }));
    }

    [Theory]
    [InlineData("project", "repository:pull", "pull")]
    [InlineData("project", "repository:push", "pull push")]
    [InlineData("system", "repository:push", "push")]
    [InlineData("project", "repository:pull repository:push repository:delete", "pull push delete")]
    [InlineData("project", "tag:list", "")]
    public async Task A_token_lists_what_the_robot_may_do_in_the_project(string level, string access, string actions)
    {
        var (own, other) = (await api.ProjectAsync(), await api.ProjectAsync());
        var robot = level == "project" ? await api.RobotAsync(own, access.Split(' ')) : await api.RobotAsync(InProject(own, access.Split(' ')));

        var token = (string)(await TokenAsync(robot.Client, $"repository:{own}/web:*&scope=repository:{other}/web:pull&scope=registry:catalog:*"))["token"]!;

        var claims = JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]))!;
        Assert.Equal(robot.Name, (string)claims["sub"]!);
        Assert.Equal([actions, "", ""], claims["access"]!.AsArray().Select(each => string.Join(' ', each!["actions"]!.AsArray().Select(action => (string)action!))));
        var bearer = api.Harbor.ClientWithToken(token);
        Assert.Equal(200, await bearer.StatusAsync("/v2/"));
        Assert.Equal(actions.Contains("push", StringComparison.Ordinal) ? 202 : 401, await bearer.StatusAsync(HttpMethod.Post, $"/v2/{own}/web/blobs/uploads/"));
        Assert.Equal(401, await bearer.StatusAsync(HttpMethod.Post, $"/v2/{other}/web/blobs/uploads/"));
    }

    [Fact]
    public async Task By_Basic_a_robot_reaches_the_registry_and_with_the_right_the_catalog()
    {
        var (own, other) = (await api.ProjectAsync(), await api.ProjectAsync());
        var robot = (await api.RobotAsync(own, "repository:push")).Client;
        var reader = (await api.RobotAsync(InSystem("catalog:read"))).Client;

        Assert.Equal(202, await robot.StatusAsync(HttpMethod.Post, $"/v2/{own}/web/blobs/uploads/"));
        Assert.Equal(404, await robot.StatusAsync($"/v2/{own}/web/manifests/none"));
        Assert.Equal(401, await robot.StatusAsync(HttpMethod.Post, $"/v2/{other}/web/blobs/uploads/"));
        Assert.Equal(401, await robot.StatusAsync(HttpMethod.Delete, $"/v2/{own}/web/manifests/none"));
        Assert.Equal((401, 200), (await robot.StatusAsync("/v2/_catalog"), await reader.StatusAsync("/v2/_catalog")));
    }

    private static async Task<JsonNode> TokenAsync(HttpClient client, string scope) =>
        JsonNode.Parse(await client.GetStringAsync($"/service/token?service=harbor-registry&scope={scope}"))!;

    private async Task<long> HardAsync(string project) =>
        (long)(await api.Harbor.Database.QueryAsync($"SELECT hard FROM quota JOIN project p ON p.id = project_id WHERE p.name = '{project}'"))!;
}
