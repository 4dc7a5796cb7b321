using Harbor.Modules.Access;
using Xunit;

namespace Harbor.Unit.Access;

/// <summary>The table is written here a second time, from Harbor's documentation and by role, so that a slip in either shows.</summary>
public class RolePoliciesTests
{
    private const string ProjectAdmin = """
        :read :update :delete
        member:create member:read member:update member:delete member:list
        metadata:create metadata:read metadata:update metadata:delete
        log:list
        label:create label:read label:update label:delete label:list
        quota:read
        repository:create repository:read repository:update repository:delete repository:list repository:pull repository:push
        artifact:create artifact:read artifact:delete artifact:list
        artifact-addition:read
        artifact-label:create artifact-label:delete
        tag:create tag:delete tag:list
        accessory:list
        scan:create scan:read scan:stop
        sbom:create sbom:read sbom:stop
        scanner:create scanner:read
        export-cve:create export-cve:read export-cve:list
        robot:create robot:read robot:update robot:delete robot:list
        notification-policy:create notification-policy:read notification-policy:update notification-policy:delete notification-policy:list
        tag-retention:create tag-retention:read tag-retention:update tag-retention:delete tag-retention:list tag-retention:operate
        immutable-tag:create immutable-tag:update immutable-tag:delete immutable-tag:list
        preheat-policy:create preheat-policy:read preheat-policy:update preheat-policy:delete preheat-policy:list
        configuration:read configuration:update
        """;

    private const string Maintainer = """
        :read
        member:read member:list
        metadata:read
        label:create label:read label:update label:delete label:list
        quota:read
        repository:create repository:read repository:update repository:delete repository:list repository:pull repository:push
        artifact:create artifact:read artifact:delete artifact:list
        artifact-addition:read
        artifact-label:create artifact-label:delete
        tag:create tag:delete tag:list
        accessory:list
        scan:create scan:read scan:stop
        sbom:create sbom:read sbom:stop
        scanner:read
        export-cve:create export-cve:read export-cve:list
        robot:read robot:list
        notification-policy:read notification-policy:list
        tag-retention:create tag-retention:read tag-retention:update tag-retention:delete tag-retention:list tag-retention:operate
        immutable-tag:create immutable-tag:update immutable-tag:delete immutable-tag:list
        configuration:read
        """;

    private const string Developer = """
        :read
        member:read member:list
        label:read label:list
        quota:read
        repository:create repository:read repository:update repository:list repository:pull repository:push
        artifact:create artifact:read artifact:list
        artifact-addition:read
        artifact-label:create artifact-label:delete
        tag:create tag:list
        accessory:list
        scan:read
        sbom:read
        scanner:read
        export-cve:create export-cve:read export-cve:list
        robot:read robot:list
        tag-retention:create tag-retention:read tag-retention:update tag-retention:delete tag-retention:list tag-retention:operate
        configuration:read
        """;

    private const string Guest = """
        :read
        member:read member:list
        label:read label:list
        quota:read
        repository:read repository:list repository:pull
        artifact:read artifact:list
        artifact-addition:read
        tag:list
        accessory:list
        scan:read
        sbom:read
        scanner:read
        robot:read robot:list
        configuration:read
        """;

    private const string LimitedGuest = """
        :read
        quota:read
        repository:read repository:list repository:pull
        artifact:read artifact:list
        artifact-addition:read
        tag:list
        accessory:list
        scan:read
        sbom:read
        scanner:read
        configuration:read
        """;

    private const string Public = """
        :read
        label:read label:list
        repository:list repository:pull
        artifact:read artifact:list
        artifact-addition:read
        tag:list
        accessory:list
        scan:read
        scanner:read
        """;

    [Theory]
    [InlineData(Role.ProjectAdmin, ProjectAdmin)]
    [InlineData(Role.Maintainer, Maintainer)]
    [InlineData(Role.Developer, Developer)]
    [InlineData(Role.Guest, Guest)]
    [InlineData(Role.LimitedGuest, LimitedGuest)]
    public void A_role_may_do_exactly_what_Harbor_says(Role role, string expected) =>
        Assert.Equal(Sorted(Words(expected)), Sorted(RolePolicies.Of(role).Select(permission => permission.ToString())));

    [Fact]
    public void Everybody_may_do_exactly_what_Harbor_says_in_a_public_project() =>
        Assert.Equal(Sorted(Words(Public)), Sorted(RolePolicies.Public.Select(permission => permission.ToString())));

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    [InlineData(-1)]
    public void A_role_number_that_names_no_role_may_do_nothing(int role) => Assert.Empty(RolePolicies.Of((Role)role));

    [Fact]
    public void No_role_pulls_past_the_policies_that_block_a_pull() =>
        Assert.DoesNotContain(RolePolicies.All, permission => permission.Action == AccessAction.ScannerPull);

    [Fact]
    public void Every_action_in_the_tables_is_one_that_is_named()
    {
        AccessAction[] named =
        [
            AccessAction.Create, AccessAction.Read, AccessAction.Update, AccessAction.Delete, AccessAction.List,
            AccessAction.Push, AccessAction.Pull, AccessAction.Stop, AccessAction.Operate,
        ];

        var used = RolePolicies.All.Concat(RolePolicies.Public).Concat(SystemPolicies.All).Concat(SystemPolicies.Enumerated)
            .Concat(RobotCatalogue.System).Concat(RobotCatalogue.Project);

        Assert.All(used, permission => Assert.Contains(permission.Action, named));
    }

    private static string[] Words(string text) => text.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);

    private static List<string> Sorted(IEnumerable<string> words) => [.. words.Order(StringComparer.Ordinal)];
}
