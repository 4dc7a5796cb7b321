using Harbor.Platform.Events;

namespace Harbor.Modules.Projects.Members;

/// <summary>Somebody became a member of a project.</summary>
/// <param name="Member">Name of the user or the group.</param>
/// <param name="EntityType"><c>u</c> for a user, <c>g</c> for a group.</param>
/// <param name="By">Name of the caller.</param>
public sealed record MemberAdded(long ProjectId, string Project, string Member, string EntityType, string By) : IDomainEvent
{
    public static string Kind => "member.added";
}

/// <summary>A member has another role.</summary>
public sealed record MemberUpdated(long ProjectId, string Project, string Member, string EntityType, string By) : IDomainEvent
{
    public static string Kind => "member.updated";
}

public sealed record MemberRemoved(long ProjectId, string Project, string Member, string EntityType, string By) : IDomainEvent
{
    public static string Kind => "member.removed";
}
