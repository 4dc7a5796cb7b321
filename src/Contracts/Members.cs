namespace Harbor.Contracts;

/// <summary>A member of a project as it is shown.</summary>
public sealed record ProjectMemberDto
{
    public long Id { get; init; }

    public long ProjectId { get; init; }

    public required string EntityName { get; init; }

    public required string RoleName { get; init; }

    public int RoleId { get; init; }

    public long EntityId { get; init; }

    /// <summary><c>u</c> for a user, <c>g</c> for a group.</summary>
    public required string EntityType { get; init; }
}

public sealed record ProjectMemberRequest
{
    public int? RoleId { get; init; }

    public MemberUserRequest? MemberUser { get; init; }

    public MemberGroupRequest? MemberGroup { get; init; }
}

public sealed record MemberUserRequest
{
    public long? UserId { get; init; }

    public string? Username { get; init; }
}

public sealed record MemberGroupRequest
{
    public long? Id { get; init; }

    public string? GroupName { get; init; }

    public int? GroupType { get; init; }

    public string? LdapGroupDn { get; init; }
}

public sealed record RoleRequest
{
    public int? RoleId { get; init; }
}
