using System.Globalization;

namespace Harbor.Modules.Configuration;

/// <summary>The settings that the server acts on, with Harbor's names and defaults.</summary>
public static class KnownSettings
{
    /// <summary>The <see cref="AuthMode"/> in which users are the registry's own.</summary>
    public const string LocalUsers = "db_auth";

    private const long MaxMinutes = 9_999_999_999;

    /// <summary>Where users come from; <c>db_auth</c> is the registry's own database.</summary>
    public static readonly Setting<string> AuthMode = Text("auth_mode", LocalUsers);

    /// <summary>Hint for the portal: send users to the single sign-on page at once.</summary>
    public static readonly Setting<bool> PrimaryAuthMode = Flag("primary_auth_mode", false);

    /// <summary>A JSON document of the portal's, shown to everybody.</summary>
    public static readonly Setting<string> BannerMessage = Text("banner_message", string.Empty);

    /// <summary>Whether users and groups of the authentication proxy may become members before they were seen.</summary>
    public static readonly Setting<bool> HttpAuthProxySkipSearch = Flag("http_authproxy_skip_search", false);

    public static readonly Setting<string> OidcName = Text("oidc_name", string.Empty);

    /// <summary><c>everyone</c> or <c>adminonly</c>.</summary>
    public static readonly Setting<string> ProjectCreationRestriction = Text("project_creation_restriction", "everyone");

    public static readonly Setting<bool> SelfRegistration = Flag("self_registration", false);

    public static readonly Setting<bool> ReadOnly = Flag("read_only", false);

    /// <summary>Whether webhooks are sent at all.</summary>
    public static readonly Setting<bool> NotificationEnable = Flag("notification_enable", true);

    /// <summary>Whether projects have a storage limit.</summary>
    public static readonly Setting<bool> QuotaPerProjectEnable = Flag("quota_per_project_enable", true);

    /// <summary>Bytes that a new project may hold; -1 is no limit.</summary>
    public static readonly Setting<long> StoragePerProject = Number("storage_per_project", -1, least: -1, most: 1L << 50);

    /// <summary>Minutes that a bearer token is good.</summary>
    public static readonly Setting<long> TokenExpiration = Number("token_expiration", 30, least: 1, most: MaxMinutes);

    /// <summary>Minutes that a session lives without a request.</summary>
    public static readonly Setting<long> SessionTimeout = Number("session_timeout", 60, least: 1, most: MaxMinutes);

    /// <summary>What the login name of every robot begins with.</summary>
    public static readonly Setting<string> RobotNamePrefix = Text("robot_name_prefix", "robot$");

    private static Setting<string> Text(string name, string standard) => new(name, standard, static (string text, out string value) =>
    {
        value = text;
        return true;
    });

    private static Setting<bool> Flag(string name, bool standard) => new(name, standard, bool.TryParse);

    private static Setting<long> Number(string name, long standard, long least, long most) => new(name, standard, (string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= least && value <= most);
}
