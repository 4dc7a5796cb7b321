namespace Harbor.Modules.Audit;

/// <summary>The event types that an administrator may leave out of the log or of its purging, in Harbor's order.</summary>
internal static class AuditEventTypes
{
    public static IReadOnlyList<string> All { get; } =
    [
        "create_artifact", "delete_artifact", "pull_artifact", "create_project", "delete_project", "delete_repository", "login_user", "logout_user",
        "create_user", "delete_user", "update_user", "create_robot", "delete_robot", "update_configuration", "create_member", "delete_member",
        "update_member", "update_project",
    ];
}
