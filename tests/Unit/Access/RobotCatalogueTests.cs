using System.Collections.Frozen;
using Harbor.Modules.Access;
using Xunit;

namespace Harbor.Unit.Access;

/// <summary>Written a second time from Harbor's documentation, in its own order and words.</summary>
public class RobotCatalogueTests
{
    private const string System = """
        audit-log list
        preheat-instance read create delete list update
        project list create
        replication-policy read create delete list update
        replication read create list
        replication-adapter list
        registry read create delete list update
        scan-all read update stop create
        system-volumes read
        garbage-collection read create list update stop
        purge-audit read create list update stop
        jobservice-monitor list stop
        scanner read create delete list update
        label read create delete update
        security-hub read list
        catalog read
        quota read list update
        robot create read list delete
        user create read update list delete
        ldap-user create list
        user-group create read update list delete
        """;

    private const string Project = """
        log list
        project read delete update
        metadata read create delete list update
        repository read update delete list pull push
        artifact read create list delete
        scan create read stop
        sbom create stop read
        tag create list delete
        accessory list
        artifact-addition read
        artifact-label create delete
        scanner create read
        preheat-policy read create delete list update
        immutable-tag create delete list update
        notification-policy read create delete list update
        tag-retention read create delete list update
        label read create delete list update
        quota read
        robot create read list delete
        export-cve create read
        member create read update list delete
        """;

    private const string OfSystemAdministrators = """
        catalog read
        audit-log list
        project create read update delete list
        user create read update delete list
        user-group create read update delete list
        registry create read update delete list
        distribution create read update delete list
        replication create read update delete list
        garbage-collection create read update delete list
        scan-all create read update delete list stop
        system-volumes read
        ldap-user create list
        configuration read update
        jobservice-monitor read list stop
        security-hub read list
        """;

    [Fact]
    public void A_system_robot_may_be_given_exactly_what_Harbor_offers() => AssertSame(System, RobotCatalogue.System);

    [Fact]
    public void A_project_robot_may_be_given_exactly_what_Harbor_offers() => AssertSame(Project, RobotCatalogue.Project);

    [Fact]
    public void The_system_permissions_a_caller_can_list_are_Harbors() => AssertSame(OfSystemAdministrators, SystemPolicies.Enumerated);

    [Fact]
    public void Whatever_a_system_robot_may_be_given_some_operation_asks_for() =>
        Assert.Subset(SystemPolicies.All.ToHashSet(), RobotCatalogue.System.ToHashSet());

    private static void AssertSame(string expected, FrozenSet<Permission> actual)
    {
        var pairs = expected.Split('\n').Select(line => line.Trim().Split(' '))
            .SelectMany(words => words.Skip(1).Select(action => $"{words[0]}:{action}"));
        Assert.Equal(pairs.Order(StringComparer.Ordinal), actual.Select(permission => permission.ToString()).Order(StringComparer.Ordinal));
    }
}
