using Harbor.Modules.Access;

namespace Harbor.Integration.Access;

/// <summary>Somebody who calls, as the tables name him.</summary>
/// <param name="Role">His role in the project that is his; null: he has none.</param>
internal sealed record Caller(string Name, Role? Role = null)
{
    public static readonly Caller Anonymous = new("anonymous");
    public static readonly Caller NoRole = new("no role");
    public static readonly Caller ProjectAdmin = new("project admin", Modules.Access.Role.ProjectAdmin);
    public static readonly Caller SystemAdmin = new("system admin");

    /// <summary>Has all that a robot can be given, in the project that is his.</summary>
    public static readonly Caller ProjectRobot = new("project robot");

    /// <summary>Has all that a robot can be given, in the system and in every project.</summary>
    public static readonly Caller SystemRobot = new("system robot");

    public static readonly IReadOnlyList<Caller> People =
    [
        Anonymous, NoRole, new("limited guest", Modules.Access.Role.LimitedGuest), new("guest", Modules.Access.Role.Guest),
        new("developer", Modules.Access.Role.Developer), new("maintainer", Modules.Access.Role.Maintainer), ProjectAdmin, SystemAdmin,
    ];

    public static readonly IReadOnlyList<Caller> Robots = [ProjectRobot, SystemRobot];

    /// <summary>The column of the table of roles that tells his rights in a project.</summary>
    public string RoleName => Robots.Contains(this) ? "robot" : Name;

    public override string ToString() => Name;
}
