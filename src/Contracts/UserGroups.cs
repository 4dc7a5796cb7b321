namespace Harbor.Contracts;

/// <summary>A user group as it is shown.</summary>
public sealed record UserGroupDto
{
    /// <summary>Left out where a single group is asked for by its id.</summary>
    public long Id { get; init; }

    public required string GroupName { get; init; }

    /// <summary>1 LDAP, 2 HTTP authentication proxy, 3 OIDC.</summary>
    public int GroupType { get; init; }

    public string? LdapGroupDn { get; init; }
}

/// <summary>A user group as a search shows it: enough to make it a member.</summary>
public sealed record UserGroupSearchItemDto
{
    public long Id { get; init; }

    public required string GroupName { get; init; }

    public int GroupType { get; init; }
}

/// <summary>What may be said of a user group. Its id is not.</summary>
public sealed record UserGroupRequest
{
    public string? GroupName { get; init; }

    public int? GroupType { get; init; }

    public string? LdapGroupDn { get; init; }
}
