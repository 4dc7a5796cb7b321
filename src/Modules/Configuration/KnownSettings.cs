using static Harbor.Modules.Configuration.SettingKinds;

namespace Harbor.Modules.Configuration;

/// <summary>Every setting that is changed while the server runs, with Harbor's names and defaults.</summary>
public static class KnownSettings
{
    /// <summary>The <see cref="AuthMode"/> in which users are the registry's own.</summary>
    public const string LocalUsers = "db_auth";

    /// <summary>The one in which a proxy in front of the registry knows the users.</summary>
    public const string AuthProxyUsers = "http_auth";

    /// <summary>The one in which an OpenID provider knows the users.</summary>
    public const string OidcUsers = "oidc_auth";

    private const long MaxDuration = 9_999_999_999;
    private const long MaxProjectBytes = 1L << 50;

    // Filled by the declarations below, in their order, so it stands above them.
    private static readonly List<Setting> Declared = [];

    /// <summary>Where users come from.</summary>
    public static readonly Setting<string> AuthMode = Add(OneOf("auth_mode", LocalUsers, LocalUsers, "ldap_auth", "uaa_auth", AuthProxyUsers, OidcUsers));

    /// <summary>Hint for the portal: send users to the single sign-on page at once.</summary>
    public static readonly Setting<bool> PrimaryAuthMode = Add(Flag("primary_auth_mode", false));

    public static readonly Setting<bool> SelfRegistration = Add(Flag("self_registration", false));

    public static readonly Setting<string> LdapUrl = Add(NotBlank("ldap_url"));
    public static readonly Setting<string> LdapBaseDn = Add(NotBlank("ldap_base_dn"));
    public static readonly Setting<string> LdapFilter = Add(Text("ldap_filter"));

    /// <summary>0 the entry itself, 1 those below it, 2 the whole subtree.</summary>
    public static readonly Setting<long> LdapScope = Add(Number("ldap_scope", 2, least: 0, most: 2));

    /// <summary>Attribute that holds the login name.</summary>
    public static readonly Setting<string> LdapUid = Add(NotBlank("ldap_uid", "cn"));

    public static readonly Setting<string> LdapSearchDn = Add(Text("ldap_search_dn"));
    public static readonly Setting<string> LdapSearchPassword = Add(Hidden("ldap_search_password"));

    /// <summary>Seconds.</summary>
    public static readonly Setting<long> LdapTimeout = Add(Number("ldap_timeout", 5, least: 0, most: int.MaxValue));

    public static readonly Setting<bool> LdapVerifyCert = Add(Flag("ldap_verify_cert", true));
    public static readonly Setting<string> LdapGroupBaseDn = Add(Text("ldap_group_base_dn"));

    /// <summary>Members of this group are system administrators.</summary>
    public static readonly Setting<string> LdapGroupAdminDn = Add(Text("ldap_group_admin_dn"));

    public static readonly Setting<string> LdapGroupAttributeName = Add(Text("ldap_group_attribute_name"));
    public static readonly Setting<string> LdapGroupSearchFilter = Add(Text("ldap_group_search_filter"));
    public static readonly Setting<long> LdapGroupSearchScope = Add(Number("ldap_group_search_scope", 2, least: 0, most: 2));
    public static readonly Setting<string> LdapGroupMembershipAttribute = Add(Text("ldap_group_membership_attribute", "memberof"));
    public static readonly Setting<bool> LdapGroupAttachParallel = Add(Flag("ldap_group_attach_parallel", false));

    public static readonly Setting<string> UaaEndpoint = Add(Text("uaa_endpoint"));
    public static readonly Setting<string> UaaClientId = Add(Text("uaa_client_id"));

    /// <summary>Shown to administrators, as in Harbor; encrypted all the same.</summary>
    public static readonly Setting<string> UaaClientSecret = Add(Text("uaa_client_secret") with { IsSecret = true });

    public static readonly Setting<bool> UaaVerifyCert = Add(Flag("uaa_verify_cert", false));

    public static readonly Setting<string> HttpAuthProxyEndpoint = Add(Text("http_authproxy_endpoint"));
    public static readonly Setting<string> HttpAuthProxyTokenReviewEndpoint = Add(Text("http_authproxy_tokenreview_endpoint"));
    public static readonly Setting<string> HttpAuthProxyAdminGroups = Add(Text("http_authproxy_admin_groups"));
    public static readonly Setting<string> HttpAuthProxyAdminUsernames = Add(Text("http_authproxy_admin_usernames"));
    public static readonly Setting<bool> HttpAuthProxyVerifyCert = Add(Flag("http_authproxy_verify_cert", true));

    /// <summary>Whether users and groups of the authentication proxy may become members before they were seen.</summary>
    public static readonly Setting<bool> HttpAuthProxySkipSearch = Add(Flag("http_authproxy_skip_search", false));

    public static readonly Setting<string> HttpAuthProxyServerCertificate = Add(Text("http_authproxy_server_certificate"));

    /// <summary>What people call the provider.</summary>
    public static readonly Setting<string> OidcName = Add(Text("oidc_name"));

    public static readonly Setting<string> OidcEndpoint = Add(Text("oidc_endpoint"));
    public static readonly Setting<string> OidcClientId = Add(Text("oidc_client_id"));
    public static readonly Setting<string> OidcClientSecret = Add(Hidden("oidc_client_secret"));
    public static readonly Setting<string> OidcScope = Add(WordsWith("oidc_scope", "openid"));
    public static readonly Setting<string> OidcUserClaim = Add(Text("oidc_user_claim"));
    public static readonly Setting<string> OidcGroupsClaim = Add(Text("oidc_groups_claim"));

    /// <summary>Members of this group are system administrators.</summary>
    public static readonly Setting<string> OidcAdminGroup = Add(Text("oidc_admin_group"));

    /// <summary>Only groups whose name it matches are taken over.</summary>
    public static readonly Setting<string> OidcGroupFilter = Add(Pattern("oidc_group_filter"));

    public static readonly Setting<bool> OidcVerifyCert = Add(Flag("oidc_verify_cert", true));
    public static readonly Setting<bool> OidcAutoOnboard = Add(Flag("oidc_auto_onboard", false));
    public static readonly Setting<bool> OidcLogout = Add(Flag("oidc_logout", false));

    /// <summary>More parameters of the provider's sign-in page: a JSON object of texts.</summary>
    public static readonly Setting<string> OidcExtraRedirectParameters = Add(Map("oidc_extra_redirect_parms"));

    /// <summary>Minutes that a bearer token is good.</summary>
    public static readonly Setting<long> TokenExpiration = Add(Number("token_expiration", 30, least: 1, most: MaxDuration));

    /// <summary>Minutes that a session lives without a request.</summary>
    public static readonly Setting<long> SessionTimeout = Add(Number("session_timeout", 60, least: 1, most: MaxDuration));

    /// <summary>What the login name of every robot begins with. A colon would end the name in Basic credentials.</summary>
    public static readonly Setting<string> RobotNamePrefix = Add(Text(
        "robot_name_prefix", "robot$", "not blank and without a colon", static text => text.Trim() is { Length: > 0 } prefix && !prefix.Contains(':', StringComparison.Ordinal) ? prefix : null));

    /// <summary>Days that the portal proposes for a new robot.</summary>
    public static readonly Setting<long> RobotTokenDuration = Add(Number("robot_token_duration", 30, least: 1, most: MaxDuration));

    /// <summary><c>everyone</c> or <c>adminonly</c>.</summary>
    public static readonly Setting<string> ProjectCreationRestriction = Add(OneOf("project_creation_restriction", "everyone", "everyone", "adminonly"));

    /// <summary>Whether projects have a storage limit.</summary>
    public static readonly Setting<bool> QuotaPerProjectEnable = Add(Flag("quota_per_project_enable", true));

    /// <summary>Bytes that a new project may hold; -1 is no limit.</summary>
    public static readonly Setting<long> StoragePerProject = Add(Limit("storage_per_project", MaxProjectBytes));

    /// <summary>Refuses every change but that of the configuration.</summary>
    public static readonly Setting<bool> ReadOnly = Add(Flag("read_only", false));

    /// <summary>Whether webhooks are sent at all.</summary>
    public static readonly Setting<bool> NotificationEnable = Add(Flag("notification_enable", true));

    /// <summary>A JSON document of the portal's, shown to everybody.</summary>
    public static readonly Setting<string> BannerMessage = Add(Text("banner_message"));

    /// <summary>Whether scanners leave no mark of their pulls.</summary>
    public static readonly Setting<bool> ScannerSkipUpdatePullTime = Add(Flag("scanner_skip_update_pulltime", false));

    public static readonly Setting<bool> PullTimeUpdateDisable = Add(Unseen(Flag("pull_time_update_disable", false)));
    public static readonly Setting<bool> PullCountUpdateDisable = Add(Unseen(Flag("pull_count_update_disable", false)));
    public static readonly Setting<bool> PullAuditLogDisable = Add(Unseen(Flag("pull_audit_log_disable", false)));

    /// <summary>Host and port that takes audit records as syslog over TCP; empty is none.</summary>
    public static readonly Setting<string> AuditLogForwardEndpoint =
        Add(Text("audit_log_forward_endpoint", "", "a host and a port, such as logs.example.com:514", text => SyslogAddress.IsValid(text) ? text : null));

    /// <summary>Whether audit records are forwarded only, and not kept.</summary>
    public static readonly Setting<bool> SkipAuditLogDatabase = Add(Flag("skip_audit_log_database", false));

    /// <summary>Kinds of events that leave no audit record, with commas between them.</summary>
    public static readonly Setting<string> DisabledAuditLogEventTypes = Add(Text("disabled_audit_log_event_types"));

    /// <summary>Of older releases; nothing reads it.</summary>
    public static readonly Setting<string> ScanAllPolicy = Add(JsonObject("scan_all_policy") with { IsSettable = false });

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Setting> All => Declared;

    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c> when the values contradict each other.</exception>
    internal static void CheckTogether(SettingValues values, IReadOnlyDictionary<Setting, string> changes)
    {
        if ((changes.ContainsKey(SkipAuditLogDatabase) || changes.ContainsKey(AuditLogForwardEndpoint))
            && values.Get(SkipAuditLogDatabase) && values.Get(AuditLogForwardEndpoint).Length == 0)
        {
            throw ConfigurationErrors.NoForwarding();
        }

        Setting<string>[] needed = [LdapGroupAttributeName, LdapGroupMembershipAttribute];
        if ((changes.ContainsKey(LdapGroupSearchFilter) || needed.Any(changes.ContainsKey))
            && values.Get(LdapGroupSearchFilter).Length > 0
            && needed.FirstOrDefault(setting => values.Get(setting).Length == 0) is { } missing)
        {
            throw ConfigurationErrors.GroupSearch(missing);
        }
    }

    private static Setting<T> Unseen<T>(Setting<T> setting)
        where T : notnull => setting with { IsShown = false, IsSettable = false };

    private static Setting<T> Add<T>(Setting<T> setting)
        where T : notnull
    {
        Declared.Add(setting);
        return setting;
    }
}
