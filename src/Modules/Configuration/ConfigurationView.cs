using Harbor.Contracts;
using Harbor.Platform.Data;
using Harbor.Platform.Settings;
using Npgsql;

namespace Harbor.Modules.Configuration;

/// <summary>Shows the settings: to administrators without secrets, to other parts of the installation all of them.</summary>
internal sealed class ConfigurationView(Settings settings, ConfigurationChanges changes, HarborOptions options, DatabaseAddress database)
{
    public async Task<ConfigurationsDto> ShowAsync(CancellationToken ct)
    {
        var values = await settings.GetAsync(ct);
        var editable = !changes.IsOverwritten;
        var authModeEditable = await changes.IsAuthModeEditableAsync(ct);
        return new ConfigurationsDto
        {
            AuthMode = Text(KnownSettings.AuthMode, authModeEditable),
            PrimaryAuthMode = Flag(KnownSettings.PrimaryAuthMode),
            LdapBaseDn = Text(KnownSettings.LdapBaseDn),
            LdapFilter = Text(KnownSettings.LdapFilter),
            LdapGroupBaseDn = Text(KnownSettings.LdapGroupBaseDn),
            LdapGroupAdminDn = Text(KnownSettings.LdapGroupAdminDn),
            LdapGroupAttributeName = Text(KnownSettings.LdapGroupAttributeName),
            LdapGroupSearchFilter = Text(KnownSettings.LdapGroupSearchFilter),
            LdapGroupSearchScope = Number(KnownSettings.LdapGroupSearchScope),
            LdapGroupAttachParallel = Flag(KnownSettings.LdapGroupAttachParallel),
            LdapScope = Number(KnownSettings.LdapScope),
            LdapSearchDn = Text(KnownSettings.LdapSearchDn),
            LdapTimeout = Number(KnownSettings.LdapTimeout),
            LdapUid = Text(KnownSettings.LdapUid),
            LdapUrl = Text(KnownSettings.LdapUrl),
            LdapVerifyCert = Flag(KnownSettings.LdapVerifyCert),
            LdapGroupMembershipAttribute = Text(KnownSettings.LdapGroupMembershipAttribute),
            ProjectCreationRestriction = Text(KnownSettings.ProjectCreationRestriction),
            ReadOnly = Flag(KnownSettings.ReadOnly),
            SelfRegistration = Flag(KnownSettings.SelfRegistration),
            TokenExpiration = Number(KnownSettings.TokenExpiration),
            UaaClientId = Text(KnownSettings.UaaClientId),
            UaaClientSecret = Text(KnownSettings.UaaClientSecret),
            UaaEndpoint = Text(KnownSettings.UaaEndpoint),
            UaaVerifyCert = Flag(KnownSettings.UaaVerifyCert),
            HttpAuthproxyEndpoint = Text(KnownSettings.HttpAuthProxyEndpoint),
            HttpAuthproxyTokenreviewEndpoint = Text(KnownSettings.HttpAuthProxyTokenReviewEndpoint),
            HttpAuthproxyAdminGroups = Text(KnownSettings.HttpAuthProxyAdminGroups),
            HttpAuthproxyAdminUsernames = Text(KnownSettings.HttpAuthProxyAdminUsernames),
            HttpAuthproxyVerifyCert = Flag(KnownSettings.HttpAuthProxyVerifyCert),
            HttpAuthproxySkipSearch = Flag(KnownSettings.HttpAuthProxySkipSearch),
            HttpAuthproxyServerCertificate = Text(KnownSettings.HttpAuthProxyServerCertificate),
            OidcName = Text(KnownSettings.OidcName),
            OidcEndpoint = Text(KnownSettings.OidcEndpoint),
            OidcClientId = Text(KnownSettings.OidcClientId),
            OidcGroupsClaim = Text(KnownSettings.OidcGroupsClaim),
            OidcAdminGroup = Text(KnownSettings.OidcAdminGroup),
            OidcGroupFilter = Text(KnownSettings.OidcGroupFilter),
            OidcScope = Text(KnownSettings.OidcScope),
            OidcUserClaim = Text(KnownSettings.OidcUserClaim),
            OidcVerifyCert = Flag(KnownSettings.OidcVerifyCert),
            OidcAutoOnboard = Flag(KnownSettings.OidcAutoOnboard),
            OidcExtraRedirectParms = Text(KnownSettings.OidcExtraRedirectParameters),
            OidcLogout = Flag(KnownSettings.OidcLogout),
            RobotTokenDuration = Number(KnownSettings.RobotTokenDuration),
            RobotNamePrefix = Text(KnownSettings.RobotNamePrefix),
            NotificationEnable = Flag(KnownSettings.NotificationEnable),
            QuotaPerProjectEnable = Flag(KnownSettings.QuotaPerProjectEnable),
            StoragePerProject = Number(KnownSettings.StoragePerProject),
            AuditLogForwardEndpoint = Text(KnownSettings.AuditLogForwardEndpoint),
            SkipAuditLogDatabase = Flag(KnownSettings.SkipAuditLogDatabase),
            ScannerSkipUpdatePulltime = Flag(KnownSettings.ScannerSkipUpdatePullTime),
            ScanAllPolicy = new ScanAllPolicyDto(),
            SessionTimeout = Number(KnownSettings.SessionTimeout),
            BannerMessage = Text(KnownSettings.BannerMessage),
            DisabledAuditLogEventTypes = Text(KnownSettings.DisabledAuditLogEventTypes),
        };

        StringConfigItemDto Text(Setting<string> setting, bool? own = null) => new(values.Get(setting), own ?? editable);
        BoolConfigItemDto Flag(Setting<bool> setting) => new(values.Get(setting), editable);
        IntegerConfigItemDto Number(Setting<long> setting) => new(values.Get(setting), editable);
    }

    /// <param name="address">Where the caller has found this server; told unless the operator has named an address.</param>
    public async Task<IReadOnlyDictionary<string, InternalConfigurationValueDto>> ShowAllAsync(string address, CancellationToken ct)
    {
        var values = await settings.GetAsync(ct);
        var authModeEditable = await changes.IsAuthModeEditableAsync(ct);
        var server = new RunningServer(
            options,
            new NpgsqlConnectionStringBuilder(database.Pooled.Reveal()),
            options.ExternalUrl?.AbsoluteUri.TrimEnd('/') ?? address);
        var shown = new SortedDictionary<string, InternalConfigurationValueDto>(StringComparer.Ordinal);
        foreach (var setting in KnownSettings.All)
        {
            Show(setting, setting.ValueIn(values), setting == KnownSettings.AuthMode ? authModeEditable : !changes.IsOverwritten);
        }

        foreach (var system in SystemSettings.All)
        {
            Show(system.Setting, system.ValueIn(server), !changes.IsOverwritten);
        }

        return shown;

        void Show(Setting setting, object value, bool editable) =>
            shown[setting.Name] = new InternalConfigurationValueDto(new RawJson(JsonObjects.WriteValue(value)), editable);
    }
}
