using Harbor.Modules.Access;

namespace Harbor.Modules.Projects.Members;

internal static class RoleNames
{
    /// <summary>The name on the wire; empty for a number that is no role.</summary>
    public static string WireName(this Role role) => role switch
    {
        Role.ProjectAdmin => "projectAdmin",
        Role.Maintainer => "maintainer",
        Role.Developer => "developer",
        Role.Guest => "guest",
        Role.LimitedGuest => "limitedGuest",
        _ => string.Empty,
    };
}
