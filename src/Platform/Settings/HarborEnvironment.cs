using System.Globalization;
using Harbor.Platform.Data;

namespace Harbor.Platform.Settings;

/// <summary>Reads the start-up contract's environment variables. An empty variable counts as not set.</summary>
public static class HarborEnvironment
{
    private const int MaxHours = 24 * 365;

    /// <param name="dataDirectory">What <c>--data-dir</c> said; null: <c>HARBOR_DATA_DIR</c>, else <c>./data</c>.</param>
    /// <param name="variable">Value of an environment variable.</param>
    /// <exception cref="StartupException">A value cannot be used; the message names the variable.</exception>
    public static HarborOptions Read(string? dataDirectory, Func<string, string?> variable)
    {
        string? Text(string name) => variable(name) is { Length: > 0 } value ? value : null;

        var defaults = new HarborOptions { DataDirectory = "" };
        return new HarborOptions
        {
            DataDirectory = Path.GetFullPath(dataDirectory ?? Text("HARBOR_DATA_DIR") ?? "data"),
            Database = Text("HARBOR_DATABASE"),
            DatabaseListen = Text("HARBOR_DATABASE_LISTEN"),
            ExternalUrl = ExternalUrl(Text("HARBOR_EXTERNAL_URL")),
            InitialAdminPassword = Hidden(Text("HARBOR_ADMIN_PASSWORD")),
            TokenPrivateKeyPath = Text("TOKEN_PRIVATE_KEY_PATH"),
            CsrfKey = Hidden(Text("CSRF_KEY")),
            ForgetDeletedUsers = string.Equals(Text("GDPR_DELETE_USER"), "true", StringComparison.OrdinalIgnoreCase),
            CoreSecret = Hidden(Text("CORE_SECRET")),
            JobServiceSecret = Hidden(Text("JOBSERVICE_SECRET")),
            ConfigOverwrite = Hidden(Text("CONFIG_OVERWRITE_JSON")),
            SkipAuditLogDatabase = Flag("SKIP_LOG_AUDIT_DATABASE", Text("SKIP_LOG_AUDIT_DATABASE")),
            CaFile = Text("HARBOR_CA_FILE"),
            Variable = Text,
            ForgetDeletedUsersInAudit = string.Equals(Text("GDPR_AUDIT_LOGS"), "true", StringComparison.OrdinalIgnoreCase),
            SecretKey = Hidden(Text("HARBOR_SECRET_KEY")),
            TrustedProxies = Text("HARBOR_TRUSTED_PROXIES") is { } proxies ? TrustedProxies.Parse(proxies) : TrustedProxies.Default,
            ShutdownTimeout = Seconds("HARBOR_SHUTDOWN_TIMEOUT", Text("HARBOR_SHUTDOWN_TIMEOUT")) ?? defaults.ShutdownTimeout,
            GarbageGrace = Hours("GC_TIME_WINDOW_HOURS", Text("GC_TIME_WINDOW_HOURS")) ?? defaults.GarbageGrace,
            TrashRetention = Hours("HARBOR_TRASH_RETENTION_HOURS", Text("HARBOR_TRASH_RETENTION_HOURS")) ?? defaults.TrashRetention,
            UploadLifetime = Hours("HARBOR_UPLOAD_LIFETIME_HOURS", Text("HARBOR_UPLOAD_LIFETIME_HOURS")) ?? defaults.UploadLifetime,
        };
    }

    private static Secret? Hidden(string? text) => text is null ? null : new Secret(text);

    private static Uri? ExternalUrl(string? text)
    {
        if (text is null)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Query == "" && url.Fragment == ""
            ? url
            : throw new StartupException($"HARBOR_EXTERNAL_URL: '{text}' is not an address such as https://registry.example.com.");
    }

    private static bool? Flag(string name, string? text) => text?.ToUpperInvariant() switch
    {
        null => null,
        "TRUE" or "T" or "1" => true,
        "FALSE" or "F" or "0" => false,
        _ => throw new StartupException($"{name}: '{text}' is neither true nor false."),
    };

    private static TimeSpan? Hours(string name, string? text) => text is null ? null : TimeSpan.FromHours(Number(name, text, MaxHours));

    private static TimeSpan? Seconds(string name, string? text) => text is null ? null : TimeSpan.FromSeconds(Number(name, text, MaxHours * 3600));

    private static int Number(string name, string text, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max
            ? number
            : throw new StartupException($"{name}: '{text}' is not a whole number from 0 to {max}.");
}
