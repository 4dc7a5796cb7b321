using System.ComponentModel.DataAnnotations;

namespace Harbor.Contracts;

/// <summary>A project as it is shown.</summary>
public sealed record ProjectDto
{
    public long ProjectId { get; init; }

    public long OwnerId { get; init; }

    public required string Name { get; init; }

    public long RegistryId { get; init; }

    public DateTimeOffset CreationTime { get; init; }

    public DateTimeOffset UpdateTime { get; init; }

    public string? OwnerName { get; init; }

    /// <summary>The strongest role of the caller; 0, and so left out, when he is no member.</summary>
    public int CurrentUserRoleId { get; init; }

    public IReadOnlyList<int>? CurrentUserRoleIds { get; init; }

    [AlwaysPresent]
    public long RepoCount { get; init; }

    public ProjectMetadataDto? Metadata { get; init; }

    public CveAllowlistDto? CveAllowlist { get; init; }
}

/// <summary>Settings of a project. All are texts, "true" and "false" included.</summary>
public sealed record ProjectMetadataDto
{
    public string? Public { get; init; }

    [PresentWhenSet]
    public string? EnableContentTrust { get; init; }

    [PresentWhenSet]
    public string? EnableContentTrustCosign { get; init; }

    [PresentWhenSet]
    public string? PreventVul { get; init; }

    [PresentWhenSet]
    public string? Severity { get; init; }

    [PresentWhenSet]
    public string? AutoScan { get; init; }

    [PresentWhenSet]
    public string? AutoSbomGeneration { get; init; }

    [PresentWhenSet]
    public string? ReuseSysCveAllowlist { get; init; }

    [PresentWhenSet]
    public string? RetentionId { get; init; }

    [PresentWhenSet]
    public string? ProxySpeedKb { get; init; }

    [PresentWhenSet]
    public string? MaxUpstreamConn { get; init; }

    [PresentWhenSet]
    public string? ProxyCacheLocalOnNotFound { get; init; }

    [PresentWhenSet]
    public string? ProxyReferrerApi { get; init; }

    [PresentWhenSet]
    public string? ProxyCacheFilterPattern { get; init; }

    [PresentWhenSet]
    public string? ProxyCacheFilterKind { get; init; }
}

/// <summary>What a caller may say when creating or changing a project.</summary>
public sealed record ProjectRequest
{
    [MaxLength(255)]
    public string? ProjectName { get; init; }

    public bool? Public { get; init; }

    public ProjectMetadataDto? Metadata { get; init; }

    public CveAllowlistRequest? CveAllowlist { get; init; }

    /// <summary>Bytes; -1 is no limit.</summary>
    public long? StorageLimit { get; init; }

    public long? RegistryId { get; init; }
}

/// <summary>Vulnerabilities that are no reason to refuse a pull.</summary>
public sealed record CveAllowlistDto
{
    public long Id { get; init; }

    public long ProjectId { get; init; }

    /// <summary>Unix seconds; null: never.</summary>
    public long? ExpiresAt { get; init; }

    public IReadOnlyList<CveAllowlistItemDto>? Items { get; init; }

    public DateTimeOffset CreationTime { get; init; }

    public DateTimeOffset UpdateTime { get; init; }
}

public sealed record CveAllowlistItemDto
{
    public string? CveId { get; init; }
}

public sealed record CveAllowlistRequest
{
    public long? ProjectId { get; init; }

    public long? ExpiresAt { get; init; }

    public IReadOnlyList<CveAllowlistItemDto?>? Items { get; init; }
}

public sealed record ProjectDeletableDto
{
    public bool Deletable { get; init; }

    public string? Message { get; init; }
}

public sealed record ProjectSummaryDto
{
    [AlwaysPresent]
    public long RepoCount { get; init; }

    public int ProjectAdminCount { get; init; }

    public int MaintainerCount { get; init; }

    public int DeveloperCount { get; init; }

    public int GuestCount { get; init; }

    public int LimitedGuestCount { get; init; }

    public ProjectQuotaDto? Quota { get; init; }
}

/// <summary>Limits and use by resource; the only resource is <c>storage</c>, in bytes.</summary>
public sealed record ProjectQuotaDto
{
    public required IReadOnlyDictionary<string, long> Hard { get; init; }

    public required IReadOnlyDictionary<string, long> Used { get; init; }
}
