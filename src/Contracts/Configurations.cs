namespace Harbor.Contracts;

/// <summary>Settings to change; null leaves one as it is.</summary>
public sealed record ConfigurationsRequest
{
    public string? AuthMode { get; init; }

    public bool? PrimaryAuthMode { get; init; }

    public string? LdapBaseDn { get; init; }

    public string? LdapFilter { get; init; }

    public string? LdapGroupBaseDn { get; init; }

    public string? LdapGroupAdminDn { get; init; }

    public string? LdapGroupAttributeName { get; init; }

    public string? LdapGroupSearchFilter { get; init; }

    public long? LdapGroupSearchScope { get; init; }

    public bool? LdapGroupAttachParallel { get; init; }

    public long? LdapScope { get; init; }

    public string? LdapSearchDn { get; init; }

    public string? LdapSearchPassword { get; init; }

    public long? LdapTimeout { get; init; }

    public string? LdapUid { get; init; }

    public string? LdapUrl { get; init; }

    public bool? LdapVerifyCert { get; init; }

    public string? LdapGroupMembershipAttribute { get; init; }

    public string? ProjectCreationRestriction { get; init; }

    public bool? ReadOnly { get; init; }

    public bool? SelfRegistration { get; init; }

    public long? TokenExpiration { get; init; }

    public string? UaaClientId { get; init; }

    public string? UaaClientSecret { get; init; }

    public string? UaaEndpoint { get; init; }

    public bool? UaaVerifyCert { get; init; }

    public string? HttpAuthproxyEndpoint { get; init; }

    public string? HttpAuthproxyTokenreviewEndpoint { get; init; }

    public string? HttpAuthproxyAdminGroups { get; init; }

    public string? HttpAuthproxyAdminUsernames { get; init; }

    public bool? HttpAuthproxyVerifyCert { get; init; }

    public bool? HttpAuthproxySkipSearch { get; init; }

    public string? HttpAuthproxyServerCertificate { get; init; }

    public string? OidcName { get; init; }

    public string? OidcEndpoint { get; init; }

    public string? OidcClientId { get; init; }

    public string? OidcClientSecret { get; init; }

    public string? OidcGroupsClaim { get; init; }

    public string? OidcAdminGroup { get; init; }

    public string? OidcGroupFilter { get; init; }

    public string? OidcScope { get; init; }

    public string? OidcUserClaim { get; init; }

    public bool? OidcVerifyCert { get; init; }

    public bool? OidcAutoOnboard { get; init; }

    public string? OidcExtraRedirectParms { get; init; }

    public bool? OidcLogout { get; init; }

    public long? RobotTokenDuration { get; init; }

    public string? RobotNamePrefix { get; init; }

    public bool? NotificationEnable { get; init; }

    public bool? QuotaPerProjectEnable { get; init; }

    public long? StoragePerProject { get; init; }

    public string? AuditLogForwardEndpoint { get; init; }

    public bool? SkipAuditLogDatabase { get; init; }

    public long? SessionTimeout { get; init; }

    public bool? ScannerSkipUpdatePulltime { get; init; }

    public string? BannerMessage { get; init; }

    public string? DisabledAuditLogEventTypes { get; init; }
}

/// <summary>Settings as administrators see them. Secrets are not among them.</summary>
public sealed record ConfigurationsDto
{
    public required StringConfigItemDto AuthMode { get; init; }

    public required BoolConfigItemDto PrimaryAuthMode { get; init; }

    public required StringConfigItemDto LdapBaseDn { get; init; }

    public required StringConfigItemDto LdapFilter { get; init; }

    public required StringConfigItemDto LdapGroupBaseDn { get; init; }

    public required StringConfigItemDto LdapGroupAdminDn { get; init; }

    public required StringConfigItemDto LdapGroupAttributeName { get; init; }

    public required StringConfigItemDto LdapGroupSearchFilter { get; init; }

    public required IntegerConfigItemDto LdapGroupSearchScope { get; init; }

    public required BoolConfigItemDto LdapGroupAttachParallel { get; init; }

    public required IntegerConfigItemDto LdapScope { get; init; }

    public required StringConfigItemDto LdapSearchDn { get; init; }

    public required IntegerConfigItemDto LdapTimeout { get; init; }

    public required StringConfigItemDto LdapUid { get; init; }

    public required StringConfigItemDto LdapUrl { get; init; }

    public required BoolConfigItemDto LdapVerifyCert { get; init; }

    public required StringConfigItemDto LdapGroupMembershipAttribute { get; init; }

    public required StringConfigItemDto ProjectCreationRestriction { get; init; }

    public required BoolConfigItemDto ReadOnly { get; init; }

    public required BoolConfigItemDto SelfRegistration { get; init; }

    public required IntegerConfigItemDto TokenExpiration { get; init; }

    public required StringConfigItemDto UaaClientId { get; init; }

    public required StringConfigItemDto UaaClientSecret { get; init; }

    public required StringConfigItemDto UaaEndpoint { get; init; }

    public required BoolConfigItemDto UaaVerifyCert { get; init; }

    public required StringConfigItemDto HttpAuthproxyEndpoint { get; init; }

    public required StringConfigItemDto HttpAuthproxyTokenreviewEndpoint { get; init; }

    public required StringConfigItemDto HttpAuthproxyAdminGroups { get; init; }

    public required StringConfigItemDto HttpAuthproxyAdminUsernames { get; init; }

    public required BoolConfigItemDto HttpAuthproxyVerifyCert { get; init; }

    public required BoolConfigItemDto HttpAuthproxySkipSearch { get; init; }

    public required StringConfigItemDto HttpAuthproxyServerCertificate { get; init; }

    public required StringConfigItemDto OidcName { get; init; }

    public required StringConfigItemDto OidcEndpoint { get; init; }

    public required StringConfigItemDto OidcClientId { get; init; }

    public required StringConfigItemDto OidcGroupsClaim { get; init; }

    public required StringConfigItemDto OidcAdminGroup { get; init; }

    public required StringConfigItemDto OidcGroupFilter { get; init; }

    public required StringConfigItemDto OidcScope { get; init; }

    public required StringConfigItemDto OidcUserClaim { get; init; }

    public required BoolConfigItemDto OidcVerifyCert { get; init; }

    public required BoolConfigItemDto OidcAutoOnboard { get; init; }

    public required StringConfigItemDto OidcExtraRedirectParms { get; init; }

    public required BoolConfigItemDto OidcLogout { get; init; }

    public required IntegerConfigItemDto RobotTokenDuration { get; init; }

    public required StringConfigItemDto RobotNamePrefix { get; init; }

    public required BoolConfigItemDto NotificationEnable { get; init; }

    public required BoolConfigItemDto QuotaPerProjectEnable { get; init; }

    public required IntegerConfigItemDto StoragePerProject { get; init; }

    public required StringConfigItemDto AuditLogForwardEndpoint { get; init; }

    public required BoolConfigItemDto SkipAuditLogDatabase { get; init; }

    public required BoolConfigItemDto ScannerSkipUpdatePulltime { get; init; }

    public required ScanAllPolicyDto ScanAllPolicy { get; init; }

    public required IntegerConfigItemDto SessionTimeout { get; init; }

    public required StringConfigItemDto BannerMessage { get; init; }

    public required StringConfigItemDto DisabledAuditLogEventTypes { get; init; }
}

/// <param name="Editable">Whether this can be changed by the API.</param>
public sealed record StringConfigItemDto([property: AlwaysPresent] string Value, [property: AlwaysPresent] bool Editable);

/// <inheritdoc cref="StringConfigItemDto"/>
public sealed record BoolConfigItemDto([property: AlwaysPresent] bool Value, [property: AlwaysPresent] bool Editable);

/// <inheritdoc cref="StringConfigItemDto"/>
public sealed record IntegerConfigItemDto([property: AlwaysPresent] long Value, [property: AlwaysPresent] bool Editable);

/// <summary>Of older releases, and always empty: schedules of scans have operations of their own.</summary>
public sealed record ScanAllPolicyDto
{
    public string? Type { get; init; }

    public ScanAllParameterDto? Parameter { get; init; }
}

/// <inheritdoc cref="ScanAllPolicyDto"/>
public sealed record ScanAllParameterDto
{
    public long DailyTime { get; init; }
}

/// <summary>A setting as other parts of the installation see it.</summary>
/// <param name="Value">A text, a number or a truth value.</param>
public sealed record InternalConfigurationValueDto(RawJson Value, [property: AlwaysPresent] bool Editable);
