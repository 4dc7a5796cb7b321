namespace Harbor.Contracts;

public sealed record OverallHealthDto
{
    public required string Status { get; init; }

    public required IReadOnlyList<ComponentHealthDto> Components { get; init; }
}

public sealed record ComponentHealthDto
{
    public required string Name { get; init; }

    public required string Status { get; init; }

    public string? Error { get; init; }
}

/// <summary>What the registry tells of itself; null for what this caller is not told.</summary>
public sealed record GeneralInfoDto
{
    [PresentWhenSet]
    public string? BannerMessage { get; init; }

    public DateTimeOffset? CurrentTime { get; init; }

    [PresentWhenSet]
    public string? RegistryUrl { get; init; }

    [PresentWhenSet]
    public string? ExternalUrl { get; init; }

    [PresentWhenSet]
    public string? AuthMode { get; init; }

    public bool? PrimaryAuthMode { get; init; }

    [PresentWhenSet]
    public string? ProjectCreationRestriction { get; init; }

    public bool? SelfRegistration { get; init; }

    public bool? HasCaRoot { get; init; }

    [PresentWhenSet]
    public string? HarborVersion { get; init; }

    [PresentWhenSet]
    public string? RegistryStorageProviderName { get; init; }

    public bool? ReadOnly { get; init; }

    public bool? NotificationEnable { get; init; }

    public AuthproxySettingDto? AuthproxySettings { get; init; }

    [PresentWhenSet]
    public string? OidcProviderName { get; init; }
}

/// <summary>How the authentication proxy is asked. The odd name is Harbor's.</summary>
public sealed record AuthproxySettingDto
{
    [PresentWhenSet]
    public string? Endpoint { get; init; }

    [PresentWhenSet]
    public string? TokenreivewEndpoint { get; init; }

    [AlwaysPresent]
    public bool SkipSearch { get; init; }

    [AlwaysPresent]
    public bool VerifyCert { get; init; }

    [PresentWhenSet]
    public string? ServerCertificate { get; init; }
}

public sealed record VolumesDto
{
    public required IReadOnlyList<VolumeDto> Storage { get; init; }
}

/// <summary>Room for blobs, in bytes.</summary>
public sealed record VolumeDto
{
    public ulong Total { get; init; }

    public ulong Free { get; init; }
}

public sealed record VersionDto
{
    public required string Version { get; init; }
}

public sealed record StatisticDto
{
    [AlwaysPresent]
    public long PrivateProjectCount { get; init; }

    [AlwaysPresent]
    public long PrivateRepoCount { get; init; }

    [AlwaysPresent]
    public long PublicProjectCount { get; init; }

    [AlwaysPresent]
    public long PublicRepoCount { get; init; }

    [AlwaysPresent]
    public long TotalProjectCount { get; init; }

    [AlwaysPresent]
    public long TotalRepoCount { get; init; }

    /// <summary>Bytes of distinct blobs.</summary>
    [AlwaysPresent]
    public long TotalStorageConsumption { get; init; }
}

public sealed record SearchDto
{
    public required IReadOnlyList<ProjectDto> Project { get; init; }

    public required IReadOnlyList<SearchRepositoryDto> Repository { get; init; }
}

public sealed record SearchRepositoryDto
{
    public long ProjectId { get; init; }

    public required string ProjectName { get; init; }

    public bool ProjectPublic { get; init; }

    public required string RepositoryName { get; init; }

    public long PullCount { get; init; }

    public long ArtifactCount { get; init; }
}

/// <summary>What may be granted to a robot; null for what this caller may not grant.</summary>
public sealed record PermissionsDto
{
    public IReadOnlyList<PermissionDto>? System { get; init; }

    public IReadOnlyList<PermissionDto>? Project { get; init; }
}

public sealed record PermissionDto
{
    public required string Resource { get; init; }

    public required string Action { get; init; }
}
