using System.Diagnostics;
using System.Text.Json.Nodes;
using Harbor.Integration.Api;
using Harbor.Integration.Startup;
using Harbor.Platform.Events;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Harbor.Integration.Robots.RobotCalls;

namespace Harbor.Integration.Robots;

/// <summary>How robots sign in, and how fast a change of one counts.</summary>
public sealed class RobotSignInTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_login_that_fails_takes_a_moment_and_goes_on_as_nobodys()
    {
        var project = await api.ProjectAsync();
        var open = await api.ProjectAsync(isPublic: true);
        var robot = await api.RobotAsync(project, "project:read");
        var wrong = api.Harbor.ClientAs(robot.Name, "Wrong12345");

        var begun = Stopwatch.GetTimestamp();
        Assert.Equal(401, await wrong.StatusAsync($"/api/v2.0/projects/{project}"));
        Assert.True(Stopwatch.GetElapsedTime(begun) >= TimeSpan.FromSeconds(1.4));
        Assert.Equal(200, await wrong.StatusAsync($"/api/v2.0/projects/{open}"));

        // Whoever guesses does not lock the robot itself out.
        Assert.Equal(200, await robot.Client.StatusAsync($"/api/v2.0/projects/{project}"));
    }

    [Theory]
    [InlineData("robot$")]
    [InlineData("robot$\0")]
    [InlineData("robot$a+b+c")]
    [InlineData("robot$' OR name LIKE '%")]
    [InlineData("robot$größe")]
    public async Task Names_that_no_robot_has_are_nobodys(string name) =>
        Assert.Equal(401, await api.Harbor.ClientAs(name, "Secret12345").StatusAsync("/v2/"));

    [Fact]
    public async Task Without_the_prefix_a_robots_name_and_secret_are_nobodys()
    {
        var robot = await api.RobotAsync(InSystem("project:list"));

        Assert.False(await api.Harbor.ClientAs(robot.Name["robot$".Length..], robot.Secret).IsKnownAsync());
        using var form = new FormUrlEncodedContent([new("principal", robot.Name), new("password", robot.Secret)]);
        using var refused = await api.Anonymous.PostAsync("/c/login", form);
        Assert.NotEqual(200, (int)refused.StatusCode);   // a robot has no session
    }

    [Fact]
    public async Task A_robot_that_signs_in_often_costs_no_look_at_the_database()
    {
        var robot = await api.RobotAsync(InSystem("project:list"));
        await Eventually.HoldsAsync(() => api.Harbor.Services.GetRequiredService<ChangeFeed>().IsCurrent, "changes are heard");
        await robot.Client.StatusAsync("/v2/");
        using var statements = new SqlStatements(api.Harbor);

        for (var request = 0; request < 20; request++)
        {
            Assert.Equal(200, await robot.Client.StatusAsync("/v2/"));
        }

        Assert.Empty(statements.Take());
    }

    [Fact]
    public async Task What_is_changed_of_a_robot_counts_here_at_once_and_on_another_replica_soon()
    {
        await using var replica = await api.Harbor.ReplicaAsync();
        var (own, other) = (await api.ProjectAsync(), await api.ProjectAsync());
        var robot = await api.RobotAsync(InProject(own, "project:read"));
        var there = replica.ClientAs(robot.Name, robot.Secret);
        async Task SameAsync(int status, string path)
        {
            Assert.Equal(status, await robot.Client.StatusAsync(path));
            await Eventually.HoldsAsync(async () => await there.StatusAsync(path) == status, $"{path} answers {status}");
        }

        var (ownPath, otherPath) = ($"/api/v2.0/projects/{own}", $"/api/v2.0/projects/{other}");
        await SameAsync(200, ownPath);
        await SameAsync(403, otherPath);

        var shown = await api.Admin.ShownAsync(robot);
        shown["permissions"]![0]!["namespace"] = other;
        await api.Admin.StatusAsync(HttpMethod.Put, robot.Url, shown);
        await SameAsync(403, ownPath);
        await SameAsync(200, otherPath);

        shown["disable"] = true;
        await api.Admin.StatusAsync(HttpMethod.Put, robot.Url, shown);
        await SameAsync(401, otherPath);

        shown["disable"] = false;
        await api.Admin.StatusAsync(HttpMethod.Put, robot.Url, shown);
        await SameAsync(200, otherPath);

        await api.Admin.StatusAsync(HttpMethod.Delete, robot.Url);
        await SameAsync(401, otherPath);
    }

    [Fact]
    public async Task A_robot_lives_as_many_days_as_it_was_given()
    {
        await using var harbor = await TestHarbor.StartAsync();
        var own = new ApiFixture(harbor);
        async Task<MadeRobot> LivingAsync(string name, int days)
        {
            var request = Request(name, "system", InSystem("project:list"));
            request["duration"] = days;
            return await MakeAsync(harbor, harbor.Admin, request);
        }

        var (first, second, lasting, forever) = (await LivingAsync("a", 1), await LivingAsync("b", 1), await LivingAsync("c", 2), await LivingAsync("d", -1));
        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromHours(23.9));
        Assert.True(await first.Client.IsKnownAsync());

        await harbor.ShiftDatabaseClockAsync(TimeSpan.FromHours(24.1));
        Assert.False(await second.Client.IsKnownAsync());
        Assert.Equal(401, await second.Client.StatusAsync("/service/token?service=harbor-registry"));
        Assert.True(await lasting.Client.IsKnownAsync());
        Assert.True(await forever.Client.IsKnownAsync());

        // Given more days, it is back.
        var shown = await own.Admin.ShownAsync(second);
        shown["duration"] = 3;
        Assert.Equal(200, await own.Admin.StatusAsync(HttpMethod.Put, second.Url, shown));
        Assert.True(await second.Client.IsKnownAsync());
    }

    [Fact]
    public async Task Another_prefix_renames_all_robots_at_once()
    {
        await using var harbor = await TestHarbor.StartAsync();
        var robot = await MakeAsync(harbor, harbor.Admin, Request("ci", "system", InSystem("robot:list", "robot:read")));
        await harbor.Database.QueryAsync("INSERT INTO setting (name, value) VALUES ('robot_name_prefix', 'bot~'); SELECT pg_notify('harbor_changes', 'settings')");
        var renamed = harbor.ClientAs("bot~ci", robot.Secret);

        await Eventually.HoldsAsync(() => renamed.IsKnownAsync(), "the new prefix is heard of");
        Assert.False(await robot.Client.IsKnownAsync());
        Assert.Equal("bot~ci", (string)(await renamed.JsonAsync(robot.Url))["name"]!);
        Assert.Equal(["bot~ci"], (await renamed.JsonAsync(RobotsPath)).Names());
    }

    [Fact]
    public async Task Robots_go_with_their_project_and_those_of_others_lose_what_they_had_there()
    {
        var (doomed, kept) = (await api.ProjectAsync(), await api.ProjectAsync());
        var ofProject = await api.RobotAsync(doomed, "project:read");
        var ofSystem = await api.RobotAsync(InProject(doomed, "project:read"), InProject(kept, "project:read"));
        Assert.Equal((200, 200), (await ofProject.Client.StatusAsync($"/api/v2.0/projects/{doomed}"), await ofSystem.Client.StatusAsync($"/api/v2.0/projects/{doomed}")));

        Assert.Equal(200, await api.Admin.StatusAsync(HttpMethod.Delete, $"/api/v2.0/projects/{doomed}"));

        Assert.False(await ofProject.Client.IsKnownAsync());
        Assert.Equal(404, await api.Admin.StatusAsync(ofProject.Url));
        Assert.Equal([kept], (await api.Admin.ShownAsync(ofSystem))["permissions"]!.Names("namespace"));

        // A project made under the old name is another: nothing of the old one's holds in it.
        using var again = await api.Admin.CallAsync(HttpMethod.Post, "/api/v2.0/projects", new { project_name = doomed });
        Assert.Equal(403, await ofSystem.Client.StatusAsync($"/api/v2.0/projects/{doomed}"));
        Assert.Empty((await api.Admin.JsonAsync($"{RobotsPath}?q=Level=project,ProjectID={again.IdIn()}")).AsArray());
        Assert.Equal(201, await api.Admin.StatusAsync(HttpMethod.Post, RobotsPath, Request(ofProject.Name.Split('+')[1], "project", InProject(doomed, "project:read"))));
        Assert.False(await ofProject.Client.IsKnownAsync());   // the same name, another secret
    }

    [Fact]
    public async Task A_project_that_is_not_empty_keeps_its_robots()
    {
        var project = await api.ProjectAsync();
        await api.ArtifactAsync(project, "web", ["v1"]);
        var robot = await api.RobotAsync(project, "project:read");

        Assert.Equal(412, await api.Admin.StatusAsync(HttpMethod.Delete, $"/api/v2.0/projects/{project}"));

        Assert.Equal(200, await robot.Client.StatusAsync($"/api/v2.0/projects/{project}"));
    }

    [Fact]
    public async Task Robots_made_changed_and_deleted_while_their_project_goes_leave_nothing_behind_and_no_error()
    {
        for (var round = 0; round < 5; round++)
        {
            var project = await api.ProjectAsync();
            var id = await api.ProjectIdAsync(project);
            var ofSystem = await api.RobotAsync(InProject(project, "tag:list"), InProject("library", "tag:list"));
            var robots = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => api.RobotAsync(project, "tag:list")));
            var (shown, shownOfSystem) = (await api.Admin.ShownAsync(robots[0]), await api.Admin.ShownAsync(ofSystem));

            var statuses = await Task.WhenAll(
                [
                    api.Admin.StatusAsync(HttpMethod.Delete, $"/api/v2.0/projects/{project}"),
                    .. Enumerable.Range(0, 5).Select(_ => api.Admin.StatusAsync(HttpMethod.Post, RobotsPath, Request(ApiFixture.Unique("late"), "project", InProject(project, "tag:list")))),
                    .. Enumerable.Range(0, 5).Select(_ => api.Admin.StatusAsync(HttpMethod.Post, RobotsPath, Request(ApiFixture.Unique("late"), "system", InProject(project, "tag:list")))),
                    api.Admin.StatusAsync(HttpMethod.Put, robots[0].Url, shown),
                    api.Admin.StatusAsync(HttpMethod.Put, ofSystem.Url, shownOfSystem),
                    api.Admin.StatusAsync(HttpMethod.Patch, robots[1].Url, new { }),
                    .. robots[2..].Select(robot => api.Admin.StatusAsync(HttpMethod.Delete, robot.Url)),
                ]);

            Assert.Equal(200, statuses[0]);
            Assert.All(statuses, status => Assert.Contains(status, (int[])[200, 201, 404]));
            Assert.Equal(0L, await api.Harbor.Database.QueryAsync(
                $"SELECT (SELECT count(*) FROM robot WHERE project_id = {id}) + (SELECT count(*) FROM robot_permission WHERE project_id = {id})"));
        }
    }

    [Fact]
    public async Task Of_many_who_change_one_robot_at_once_one_state_is_left_whole()
    {
        var project = await api.ProjectAsync();
        var robot = await api.RobotAsync(InProject(project, "tag:list"));
        var shown = await api.Admin.ShownAsync(robot);
        JsonObject With(int number)
        {
            var wanted = shown.DeepClone().AsObject();
            wanted["description"] = $"{number}";
            wanted["permissions"] = JsonNode.Parse($$"""
                [{"kind":"project","namespace":"{{(number % 2 == 0 ? project : "library")}}","access":[{"resource":"tag","action":"list","effect":"{{(number % 2 == 0 ? "allow" : "deny")}}"}]}]
                """);
            return wanted;
        }

        var statuses = await Task.WhenAll(Enumerable.Range(0, 40).Select(number => api.Admin.StatusAsync(HttpMethod.Put, robot.Url, With(number))));

        Assert.All(statuses, status => Assert.Equal(200, status));
        var left = await api.Admin.ShownAsync(robot);
        Assert.Equal(With(int.Parse((string)left["description"]!, null))["permissions"]!.ToJsonString(), left["permissions"]!.ToJsonString());
    }
}
