using Harbor.Modules.Access;
using Xunit;

namespace Harbor.Unit.Access;

/// <summary>What a robot may do with what it was given. Places read <c>system</c>, <c>*</c> or a project's number.</summary>
public class RobotPolicyTests
{
    private const long Home = 7;
    private const long Other = 8;

    private static readonly ProjectInfo Closed = new(Home, "closed", Public: false, DateTimeOffset.UnixEpoch);
    private static readonly ProjectInfo Foreign = new(Other, "foreign", Public: false, DateTimeOffset.UnixEpoch);
    private static readonly ProjectInfo Open = new(9, "open", Public: true, DateTimeOffset.UnixEpoch);

    [Theory]
    [InlineData("repository:pull", true)]
    [InlineData("repository:push", true)]
    [InlineData("tag:list", false)]
    [InlineData("repository:delete", false)]
    public async Task A_projects_robot_has_what_it_was_given_in_its_project_and_nothing_in_another(string asked, bool allowed)
    {
        var robot = Robot(Home, ("7", "repository:pull repository:push"));

        Assert.Equal(allowed, await MayAsync(robot, Closed, asked));
        Assert.False(await MayAsync(robot, Foreign, asked));
    }

    [Fact]
    public async Task A_permission_for_another_project_is_worth_nothing_to_a_projects_robot()
    {
        var robot = Robot(Home, ("7", "repository:pull"), ("8", "repository:pull"), ("*", "tag:delete"), ("system", "project:list"));

        Assert.False(await MayAsync(robot, Foreign, "repository:pull"));
        Assert.False(await MayAsync(robot, Foreign, "tag:delete"));
        Assert.False(robot.Can(Resource.Project, AccessAction.List));
    }

    [Fact]
    public async Task Whoever_may_push_may_pull_if_it_is_a_projects_robot_and_only_then()
    {
        Assert.True(await MayAsync(Robot(Home, ("7", "repository:push")), Closed, "repository:pull"));
        Assert.False(await MayAsync(Robot(null, ("7", "repository:push")), Closed, "repository:pull"));
        Assert.False(await MayAsync(Robot(null, ("*", "repository:push")), Closed, "repository:pull"));
    }

    [Fact]
    public async Task Neither_a_push_that_is_denied_nor_a_pull_that_is_denied_lets_pull()
    {
        Assert.False(await MayAsync(Robot(Home, ("7", "repository:push:deny")), Closed, "repository:pull"));
        Assert.False(await MayAsync(Robot(Home, ("7", "repository:push repository:pull:deny")), Closed, "repository:pull"));
        Assert.False(await MayAsync(Robot(Home, ("7", "repository:push repository:push:deny")), Closed, "repository:push"));
    }

    [Fact]
    public async Task What_is_given_in_every_project_holds_in_each_and_a_denial_in_one_holds_there()
    {
        var robot = Robot(null, ("*", "repository:pull:allow"), ("8", "repository:pull:deny tag:list"));

        Assert.True(await MayAsync(robot, Closed, "repository:pull"));
        Assert.False(await MayAsync(robot, Foreign, "repository:pull"));
        Assert.True(await MayAsync(robot, Foreign, "tag:list"));
        Assert.False(await MayAsync(robot, Closed, "tag:list"));
    }

    [Fact]
    public async Task A_denial_in_every_project_wins_over_a_permission_in_one_and_over_what_everybody_may()
    {
        var robot = Robot(null, ("7", "repository:pull"), ("*", "repository:pull:deny"));

        Assert.False(await MayAsync(robot, Closed, "repository:pull"));
        Assert.False(await MayAsync(robot, Open, "repository:pull"));
        Assert.True(await MayAsync(robot, Open, "tag:list"));
    }

    [Fact]
    public async Task What_everybody_may_in_a_public_project_a_robot_may_unless_it_is_there_for_the_system_alone()
    {
        Assert.True(await MayAsync(Robot(Home, ("7", "tag:list")), Open, "repository:pull"));
        Assert.True(await MayAsync(Robot(null, ("8", "tag:list")), Open, "repository:pull"));
        Assert.False(await MayAsync(Robot(null, ("system", "project:list")), Open, "repository:pull"));
        Assert.False(await MayAsync(Robot(Home, ("7", "repository:push")), Open, "repository:push"));
    }

    [Fact]
    public async Task The_project_itself_is_called_project_in_a_project_and_is_the_list_of_projects_in_the_system()
    {
        var inProject = Robot(null, ("*", "project:read project:delete"));
        var inSystem = Robot(null, ("system", "project:list"));

        Assert.True(await MayAsync(inProject, Closed, ":read"));
        Assert.True(await MayAsync(inProject, Closed, ":delete"));
        Assert.False(await MayAsync(inProject, Closed, ":update"));
        Assert.False(await MayAsync(inProject, Closed, "metadata:read"));
        Assert.False(inProject.Can(Resource.Project, AccessAction.List));
        Assert.True(inSystem.Can(Resource.Project, AccessAction.List));
        Assert.False(await MayAsync(inSystem, Closed, ":read"));
    }

    [Fact]
    public void A_permission_of_the_system_can_be_denied_too()
    {
        var robot = Robot(null, ("system", "registry:read registry:list registry:list:deny"));

        Assert.True(robot.Can(Resource.Registry, AccessAction.Read));
        Assert.False(robot.Can(Resource.Registry, AccessAction.List));
    }

    [Fact]
    public void Even_with_everything_that_can_be_given_a_robot_is_no_administrator()
    {
        var robot = Robot(null, ("system", string.Join(' ', RobotCatalogue.System)), ("*", string.Join(' ', RobotCatalogue.Project)));

        Assert.False(robot.IsSystemAdmin);
        Assert.Null(robot.UserId);
        Assert.False(robot.Can(Resource.Configuration, AccessAction.Update));
        Assert.False(robot.Can(Resource.Robot, AccessAction.Update));
    }

    [Fact]
    public async Task The_list_of_projects_shows_a_robot_its_own()
    {
        Assert.Equivalent(new VisibleProjects(false, [Home]), await VisibleAsync(Robot(Home, ("7", "tag:list"))));
        Assert.Equivalent(new VisibleProjects(false, [Home, Other]), await VisibleAsync(Robot(null, ("7", "tag:list"), ("8", "tag:list"))));
        Assert.Equivalent(new VisibleProjects(false, []), await VisibleAsync(Robot(null, ("system", "registry:list"))));
        Assert.True((await VisibleAsync(Robot(null, ("*", "tag:list")))).All);
        Assert.True((await VisibleAsync(Robot(null, ("system", "project:list")))).All);
    }

    [Fact]
    public async Task Listing_all_projects_shows_a_robot_nothing_in_them_and_a_search_what_is_public()
    {
        var lister = Robot(null, ("system", "project:list"), ("7", "tag:list"));
        var everywhere = Robot(null, ("*", "repository:pull"));

        Assert.Equivalent(new VisibleProjects(false, [Home]), await VisibleProjects.InsideAsync(lister, Ct));
        Assert.True((await VisibleProjects.InsideAsync(everywhere, Ct)).All);
        Assert.Equivalent(new VisibleProjects(false, []), await VisibleProjects.InSearchAsync(lister, Ct));
        Assert.Equivalent(new VisibleProjects(false, []), await VisibleProjects.InSearchAsync(everywhere, Ct));
    }

    [Theory]
    [InlineData("system", "project:list", true)]
    [InlineData("system", "project:create", false)]
    [InlineData("system", "tag:list", false)]            // it has that in a project
    [InlineData("7", "tag:list", true)]
    [InlineData("7", "tag:list:allow", true)]            // to allow and to say nothing is the same
    [InlineData("7", "tag:delete", false)]
    [InlineData("7", "tag:list:deny", false)]            // it was not given a denial
    [InlineData("7", "project:list", false)]             // it has that in the system
    [InlineData("8", "tag:list", false)]
    [InlineData("0", "tag:list", false)]                 // a project that is not there
    [InlineData("*", "tag:list", false)]
    [InlineData("7", "repository:pull", true)]           // it has that everywhere
    [InlineData("0", "repository:pull", true)]
    [InlineData("8", "repository:pull", false)]          // but there
    [InlineData("*", "repository:pull", false)]          // so not in every one
    [InlineData("8", "repository:pull:deny", true)]
    [InlineData("*", "artifact:list", true)]
    public void A_robot_hands_on_what_it_has_and_no_more(string place, string access, bool may)
    {
        var robot = Robot(null, ("system", "project:list"), ("7", "tag:list"), ("*", "repository:pull artifact:list"), ("8", "repository:pull:deny"));
        var (kind, projectId) = Place(place);

        Assert.Equal(may, robot.Policy.MayGive(kind, projectId, RobotAccess.Parse(access)));
    }

    [Fact]
    public void That_push_lets_a_projects_robot_pull_does_not_let_it_hand_on_a_pull()
    {
        var robot = Robot(Home, ("7", "repository:push robot:create"));

        Assert.True(robot.Policy.MayGive(RobotLevel.Project, Home, RobotAccess.Parse("repository:push")));
        Assert.False(robot.Policy.MayGive(RobotLevel.Project, Home, RobotAccess.Parse("repository:pull")));
        Assert.False(robot.Policy.MayGive(RobotLevel.Project, Other, RobotAccess.Parse("repository:push")));
        Assert.False(robot.Policy.MayGive(RobotLevel.Project, null, RobotAccess.Parse("repository:push")));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static RobotContext Robot(long? home, params (string Place, string Access)[] grants) => new(1, "robot$test", new RobotPolicy(home, grants.Select(grant =>
    {
        var (kind, projectId) = Place(grant.Place);
        return new RobotGrant(kind, projectId, [.. grant.Access.Split(' ').Select(RobotAccess.Parse)]);
    })));

    private static (RobotLevel Kind, long? ProjectId) Place(string text) => text switch
    {
        "system" => (RobotLevel.System, null),
        "*" => (RobotLevel.Project, null),
        _ => (RobotLevel.Project, long.Parse(text, null)),
    };

    private static ValueTask<bool> MayAsync(RobotContext robot, ProjectInfo project, string asked)
    {
        var words = asked.Split(':');
        return robot.CanAsync(project, new Resource(words[0]), new AccessAction(words[1]), Ct);
    }

    private static ValueTask<VisibleProjects> VisibleAsync(RobotContext robot) => VisibleProjects.ToAsync(robot, Ct);
}
