using Harbor.Integration.Api;
using Harbor.Modules.Access;
using Xunit;
using static Harbor.Integration.Robots.RobotCalls;

namespace Harbor.Integration.Robots;

/// <summary>Who may do what to robots, and how far robots reach that make robots.</summary>
public sealed class RobotRightsTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_projects_robots_are_its_administrators_to_change_and_its_members_to_see()
    {
        var project = await api.ProjectAsync();
        var robot = await api.RobotAsync(project, "repository:pull");
        var shown = await api.Admin.ShownAsync(robot);
        var list = $"{RobotsPath}?q=Level=project,ProjectID={await api.ProjectIdAsync(project)}";
        async Task<string> AskAsync(HttpClient client) => string.Join(' ',
        [
            await client.StatusAsync(list),
            await client.StatusAsync(robot.Url),
            await client.StatusAsync(HttpMethod.Put, robot.Url, shown),
            await client.StatusAsync(HttpMethod.Patch, robot.Url, new { }),
            await client.StatusAsync(HttpMethod.Post, RobotsPath, Request(ApiFixture.Unique("by"), "project", InProject(project, "tag:list"))),
            await client.StatusAsync(HttpMethod.Delete, robot.Url),
        ]);

        Assert.Equal("401 401 401 401 401 401", await AskAsync(api.Anonymous));
        foreach (var role in (Role[])[Role.Maintainer, Role.Developer, Role.Guest])
        {
            Assert.Equal("200 200 403 403 403 403", await AskAsync(await api.MemberAsync(project, role)));
        }

        Assert.Equal("403 403 403 403 403 403", await AskAsync(await api.MemberAsync(project, Role.LimitedGuest)));
        Assert.Equal("403 403 403 403 403 403", await AskAsync((await api.UserAsync()).Client));
        var elsewhere = await api.MemberAsync(await api.ProjectAsync(), Role.ProjectAdmin);
        Assert.Equal("403 403 403 403 403 403", await AskAsync(elsewhere));
        Assert.Equal("200 200 200 200 201 200", await AskAsync(await api.MemberAsync(project, Role.ProjectAdmin)));
    }

    [Fact]
    public async Task Robots_of_the_system_are_its_administrators()
    {
        var project = await api.ProjectAsync();
        var robot = await api.RobotAsync(InProject(project, "repository:pull"));
        var shown = await api.Admin.ShownAsync(robot);
        var projectAdmin = await api.MemberAsync(project, Role.ProjectAdmin);
        async Task<string> AskAsync(HttpClient client) => string.Join(' ',
        [
            await client.StatusAsync(RobotsPath),
            await client.StatusAsync($"{RobotsPath}?q=Level=system"),
            await client.StatusAsync(robot.Url),
            await client.StatusAsync(HttpMethod.Put, robot.Url, shown),
            await client.StatusAsync(HttpMethod.Patch, robot.Url, new { }),
            await client.StatusAsync(HttpMethod.Post, RobotsPath, Request(ApiFixture.Unique("by"), "system", InProject(project, "tag:list"))),
            await client.StatusAsync(HttpMethod.Delete, robot.Url),
        ]);

        Assert.Equal("401 401 401 401 401 401 401", await AskAsync(api.Anonymous));
        Assert.Equal("403 403 403 403 403 403 403", await AskAsync(projectAdmin));
        Assert.Equal("200 200 200 200 200 201 200", await AskAsync(api.Admin));
    }

    [Fact]
    public async Task Robots_of_a_project_that_is_not_there_are_closed_to_all_but_administrators()
    {
        var list = $"{RobotsPath}?q=Level=project,ProjectID=987654321";
        var create = Request("nowhere", "project", InProject("no-such-project", "tag:list"));
        var (_, _, user) = await api.UserAsync();

        Assert.Equal((401, 403, 404), (await api.Anonymous.StatusAsync(list), await user.StatusAsync(list), await api.Admin.StatusAsync(list)));
        Assert.Equal(
            (401, 403, 404),
            (await api.Anonymous.StatusAsync(HttpMethod.Post, RobotsPath, create), await user.StatusAsync(HttpMethod.Post, RobotsPath, create), await api.Admin.StatusAsync(HttpMethod.Post, RobotsPath, create)));
    }

    [Fact]
    public async Task A_bad_request_for_a_robot_is_bad_whoever_sends_it_and_a_good_one_needs_a_name()
    {
        using var bad = await api.Anonymous.CreateAsync(Request("BAD", "system", InSystem("project:list")));
        using var good = await api.Anonymous.CreateAsync(Request("good", "system", InSystem("project:list")));

        Assert.Equal((400, 401), ((await bad.RefusalAsync()).Status, (await good.RefusalAsync()).Status));
    }

    [Fact]
    public async Task A_robot_makes_robots_that_may_do_what_it_may_and_shows_as_their_creator()
    {
        var project = await api.ProjectAsync();
        var parent = await api.RobotAsync(project, "robot:create", "robot:read", "repository:pull");

        var child = await MakeAsync(api.Harbor, parent.Client, Request("child", "project", InProject(project, "repository:pull")));

        var shown = await parent.Client.ShownAsync(child);
        Assert.Equal(("robot", parent.Id), ((string)shown["creator_type"]!, (long)shown["creator_ref"]!));
        Assert.Equal(200, await api.Admin.StatusAsync(HttpMethod.Delete, parent.Url));
        Assert.True(await child.Client.IsKnownAsync());
    }

    [Fact]
    public async Task A_projects_robot_makes_none_that_reaches_further_than_itself()
    {
        var (own, other) = (await api.ProjectAsync(), await api.ProjectAsync(isPublic: true));
        var parent = await api.RobotAsync(own, "robot:create", "robot:list", "repository:push");
        async Task<(int, string)> TryAsync(string level, params Dictionary<string, object?>[] permissions)
        {
            using var answer = await parent.Client.CreateAsync(Request(ApiFixture.Unique("grab"), level, permissions));
            var (status, code, _) = await answer.RefusalAsync();
            return (status, code);
        }

        Assert.Equal((403, "DENIED"), await TryAsync("project", InProject(own, "repository:delete")));
        Assert.Equal((403, "DENIED"), await TryAsync("project", InProject(own, "repository:pull")));            // which it has by its push alone
        Assert.Equal((403, "DENIED"), await TryAsync("project", InProject(own, "repository:push", "tag:list")));
        Assert.Equal((403, "DENIED"), await TryAsync("project", InProject(own, "repository:push:deny")));
        Assert.Equal((403, "FORBIDDEN"), await TryAsync("project", InProject(other, "repository:push")));
        Assert.Equal((403, "FORBIDDEN"), await TryAsync("project", InProject("*", "repository:push")));
        Assert.Equal((403, "FORBIDDEN"), await TryAsync("project", InProject("no-such", "repository:push")));
        Assert.Equal((403, "FORBIDDEN"), await TryAsync("system", InProject(own, "repository:push")));
        Assert.Equal((403, "FORBIDDEN"), await TryAsync("system", InSystem("robot:create")));
        Assert.Single((await parent.Client.JsonAsync($"{RobotsPath}?q=Level=project,ProjectID={await api.ProjectIdAsync(own)}")).AsArray());
    }

    [Fact]
    public async Task A_robot_of_the_system_makes_none_that_reaches_further_than_itself()
    {
        var (own, other) = (await api.ProjectAsync(), await api.ProjectAsync());
        var parent = await api.RobotAsync(
            InSystem("robot:create", "project:list"), InProject("*", "tag:list", "robot:create"), InProject(own, "repository:pull"), InProject(other, "tag:list:deny"));
        async Task<int> TryAsync(string level, params Dictionary<string, object?>[] permissions) =>
            await parent.Client.StatusAsync(HttpMethod.Post, RobotsPath, Request(ApiFixture.Unique("grab"), level, permissions));

        Assert.Equal(201, await TryAsync("system", InSystem("project:list"), InProject(own, "tag:list", "repository:pull")));
        Assert.Equal(201, await TryAsync("project", InProject(own, "tag:list")));
        Assert.Equal(403, await TryAsync("system", InSystem("project:create")));
        Assert.Equal(403, await TryAsync("system", InProject("*", "repository:pull")));
        Assert.Equal(403, await TryAsync("system", InProject(other, "repository:pull")));
        Assert.Equal(403, await TryAsync("system", InProject(other, "tag:list")));
        Assert.Equal(403, await TryAsync("system", InProject("*", "tag:list")));   // that would reach the one where it is denied
        Assert.Equal(404, await TryAsync("system", InProject("no-such", "tag:list")));
        Assert.Equal(403, await TryAsync("system", InProject("no-such", "repository:pull")));
    }

    [Fact]
    public async Task A_robot_changes_no_robot_not_even_itself()
    {
        var project = await api.ProjectAsync();
        var robot = await api.RobotAsync(project, "robot:create", "robot:read", "robot:list", "robot:delete");
        var everything = await api.RobotAsync(
            InSystem([.. RobotCatalogue.System.Select(permission => $"{permission}")]), InProject("*", [.. RobotCatalogue.Project.Select(permission => $"{permission}")]));
        var shown = await api.Admin.ShownAsync(robot);

        foreach (var caller in (HttpClient[])[robot.Client, everything.Client])
        {
            Assert.Equal(403, await caller.StatusAsync(HttpMethod.Put, robot.Url, shown));
            Assert.Equal(403, await caller.StatusAsync(HttpMethod.Patch, robot.Url, new { secret = "Chosen12345" }));
        }

        Assert.Equal(200, await robot.Client.StatusAsync(HttpMethod.Delete, robot.Url));
    }

    [Fact]
    public async Task A_robot_reaches_no_robot_of_another_project()
    {
        var (own, other) = (await api.ProjectAsync(), await api.ProjectAsync());
        var robot = await api.RobotAsync(own, "robot:create", "robot:read", "robot:list", "robot:delete");
        var foreign = await api.RobotAsync(other, "repository:pull");
        var ofSystem = await api.RobotAsync(InProject(own, "repository:pull"));

        foreach (var target in (MadeRobot[])[foreign, ofSystem])
        {
            Assert.Equal(403, await robot.Client.StatusAsync(target.Url));
            Assert.Equal(403, await robot.Client.StatusAsync(HttpMethod.Delete, target.Url));
        }

        Assert.Equal(403, await robot.Client.StatusAsync($"{RobotsPath}?q=Level=project,ProjectID={await api.ProjectIdAsync(other)}"));
        Assert.Equal(403, await robot.Client.StatusAsync(RobotsPath));
        Assert.Equal(200, await robot.Client.StatusAsync($"{RobotsPath}?q=Level=project,ProjectID={await api.ProjectIdAsync(own)}"));
    }
}
