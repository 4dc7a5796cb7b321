using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Robots;
using Harbor.Oci;
using Xunit;

namespace Harbor.Unit.Robots;

public class RobotSpecTests
{
    private static readonly RobotCreationRequest Good = new()
    {
        Name = "ci",
        Description = "builds",
        Level = "project",
        Duration = 30,
        Permissions = [Permission("project", "shop", ("repository", "pull"))],
    };

    [Fact]
    public void What_is_asked_for_is_read_as_it_was_said()
    {
        var spec = RobotSpec.From(Good);

        Assert.Equal(("ci", RobotLevel.Project, "builds", 30L, false), (spec.Name, spec.Level, spec.Description, spec.Duration, spec.Disabled));
        var permission = Assert.Single(spec.Permissions);
        Assert.Equal((RobotLevel.Project, "shop"), (permission.Kind, permission.Namespace));
        Assert.Equal([new RobotAccess("repository", "pull", "")], permission.Access);
    }

    [Theory]
    [InlineData(-1L, true)]
    [InlineData(1L, true)]
    [InlineData(2147483646L, true)]
    [InlineData(2147483647L, false)]
    [InlineData(0L, false)]
    [InlineData(-2L, false)]
    [InlineData(long.MaxValue, false)]
    [InlineData(null, false)]
    public void A_new_robot_lives_for_ever_or_some_days(long? days, bool good) =>
        AssertSaid(good ? null : "invalid duration", () => RobotSpec.From(Good with { Duration = days }));

    [Fact]
    public void A_robot_that_is_there_keeps_its_duration_when_none_is_said() =>
        Assert.Null(RobotSpec.From(new RobotRequest { Name = "robot$ci", Level = "project", Permissions = Good.Permissions }).Duration);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("System")]
    [InlineData("repository")]
    public void A_level_is_system_or_project(string? level) => AssertSaid("invalid level", () => RobotSpec.From(Good with { Level = level }));

    [Fact]
    public void A_robot_without_access_to_anything_is_refused()
    {
        foreach (var permissions in (RobotPermissionDto?[]?[])[
            null,
            [],
            [null],
            [new RobotPermissionDto { Kind = "project", Namespace = "shop" }],
            [new RobotPermissionDto { Kind = "project", Namespace = "shop", Access = [] }],
            [new RobotPermissionDto { Kind = "project", Namespace = "shop", Access = [null] }],
            [Good.Permissions![0], null]])
        {
            AssertSaid("a robot needs permissions", () => RobotSpec.From(Good with { Permissions = permissions }));
        }
    }

    [Fact]
    public void A_projects_robot_has_one_entry()
    {
        RobotPermissionDto[] two = [Permission("project", "shop", ("repository", "pull")), Permission("project", "shop", ("repository", "push"))];

        AssertSaid("a project level robot has one permission entry", () => RobotSpec.From(Good with { Permissions = two }));
        AssertSaid(null, () => RobotSpec.From(Good with { Level = "system", Permissions = two }));
    }

    [Theory]
    [InlineData("project", "repository", "scanner-pull")]
    [InlineData("project", "repository", "*")]
    [InlineData("project", "*", "*")]
    [InlineData("project", "configuration", "read")]
    [InlineData("project", "robot", "update")]
    [InlineData("project", "catalog", "read")]
    [InlineData("project", "", "read")]
    [InlineData("project", null, "read")]
    [InlineData("project", "repository", null)]
    [InlineData("system", "robot", "update")]
    [InlineData("system", "configuration", "update")]
    [InlineData("system", "repository", "pull")]
    [InlineData("system", "project", "delete")]
    public void What_is_not_in_the_catalogue_is_refused_by_name(string kind, string? resource, string? action) =>
        AssertSaid($"{resource}:{action}", () => RobotSpec.From(Good with { Level = "system", Permissions = [Permission(kind, "*", (resource, action))] }));

    [Theory]
    [InlineData(null)]
    [InlineData("Project")]
    [InlineData("registry")]
    public void A_kind_is_system_or_project(string? kind) =>
        AssertSaid("invalid kind", () => RobotSpec.From(Good with { Permissions = [Permission(kind, "shop", ("repository", "pull"))] }));

    [Theory]
    [InlineData("allow", true)]
    [InlineData("deny", true)]
    [InlineData("", true)]
    [InlineData("Deny", false)]
    [InlineData("maybe", false)]
    public void An_effect_is_to_allow_or_to_deny(string effect, bool good)
    {
        var permission = new RobotPermissionDto { Kind = "project", Namespace = "shop", Access = [new RobotAccessDto { Resource = "tag", Action = "list", Effect = effect }] };

        AssertSaid(good ? null : "invalid effect", () => RobotSpec.From(Good with { Permissions = [permission] }));
    }

    [Fact]
    public void Entries_about_one_place_become_one_and_nothing_stands_in_it_twice()
    {
        var spec = RobotSpec.From(Good with
        {
            Level = "system",
            Permissions =
            [
                Permission("project", "shop", ("tag", "list"), ("repository", "pull")),
                Permission("system", "/", ("project", "list")),
                Permission("project", "shop", ("repository", "pull"), ("tag", "create")),
            ],
        });

        Assert.Equal(["shop", "/"], spec.Permissions.Select(permission => permission.Namespace));
        Assert.Equal(["tag:list", "repository:pull", "tag:create"], spec.Permissions[0].Access.Select(access => access.ToString()));
    }

    [Fact]
    public void A_description_has_1024_characters_at_most()
    {
        AssertSaid(null, () => RobotSpec.From(Good with { Description = new string('ä', 1024) }));
        AssertSaid("the description", () => RobotSpec.From(Good with { Description = new string('ä', 1025) }));
    }

    [Fact]
    public void Of_several_faults_the_first_in_Harbors_order_is_told()
    {
        var bad = new RobotCreationRequest { Name = "BAD", Duration = 0, Level = "none" };

        AssertSaid("robot name", () => RobotSpec.From(bad));
        AssertSaid("invalid duration", () => RobotSpec.From(bad with { Name = "good" }));
        AssertSaid("invalid level", () => RobotSpec.From(bad with { Name = "good", Duration = 1 }));
        AssertSaid("a robot needs permissions", () => RobotSpec.From(bad with { Name = "good", Duration = 1, Level = "system" }));
    }

    [Fact]
    public void A_refusal_does_not_repeat_a_text_of_any_length()
    {
        var endless = new string('x', 1_000_000);

        var refusal = Assert.Throws<RegistryException>(() => RobotSpec.From(Good with { Permissions = [Permission("project", "shop", (endless, endless))] }));

        Assert.InRange(refusal.Message.Length, 1, 400);
    }

    [Theory]
    [InlineData("repository:pull")]
    [InlineData("repository:pull:allow")]
    [InlineData("artifact-addition:read:deny")]
    public void What_is_stored_reads_back_as_it_was(string stored) => Assert.Equal(stored, RobotAccess.Parse(stored).ToString());

    private static RobotPermissionDto Permission(string? kind, string @namespace, params (string? Resource, string? Action)[] access) => new()
    {
        Kind = kind,
        Namespace = @namespace,
        Access = [.. access.Select(each => new RobotAccessDto { Resource = each.Resource, Action = each.Action })],
    };

    private static void AssertSaid(string? refusal, Func<object> read)
    {
        if (refusal is null)
        {
            Assert.NotNull(read());
            return;
        }

        var thrown = Assert.Throws<RegistryException>(read);
        Assert.Equal(ErrorCode.BadRequest, thrown.Code);
        Assert.Contains(refusal, thrown.Message, StringComparison.Ordinal);
    }
}
