using System.Globalization;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Settings;
using static Harbor.Modules.Configuration.SettingKinds;

namespace Harbor.Modules.Configuration;

/// <summary>Harbor's settings of a whole installation. Where one process needs no such thing, the value says what stands in its place.</summary>
internal static class SystemSettings
{
    private const int MaxPort = 65535;
    private const long ApiBodyBytes = 1 << 20;

    public static IReadOnlyList<SystemSetting> All { get; } =
    [
        Given("HARBOR_ADMIN_PASSWORD", _ => Hidden("admin_initial_password")),
        Given("TRIVY_ADAPTER_URL", name => Text(name, "http://trivy-adapter:8080")),

        // Every part of Harbor is this process, and it is where the caller has found it.
        Known("CORE_URL", name => Text(name), server => server.Address),
        Known("CORE_LOCAL_URL", name => Text(name), server => server.Address),
        Known("EXT_ENDPOINT", name => Text(name), server => server.Address),
        Known("JOBSERVICE_URL", name => Text(name), server => server.Address),
        Known("REGISTRY_URL", name => Text(name), server => server.Address),
        Known("REGISTRY_CONTROLLER_URL", name => Text(name), server => server.Address),
        Known("TOKEN_SERVICE_URL", name => Text(name), server => $"{server.Address}/service/token"),

        // As HARBOR_DATABASE says, or the embedded database's own.
        Known("DATABASE_TYPE", name => Text(name), _ => "postgresql"),
        Known("POSTGRESQL_HOST", name => Text(name), server => server.Database.Host ?? string.Empty),
        Known("POSTGRESQL_PORT", name => Port(name, 5432), server => (long)server.Database.Port),
        Known("POSTGRESQL_DATABASE", name => Text(name), server => server.Database.Database ?? string.Empty),
        Known("POSTGRESQL_USERNAME", name => Text(name), server => server.Database.Username ?? string.Empty),
        Given("POSTGRESQL_PASSWORD", Hidden),
        Known("POSTGRESQL_SSLMODE", name => Text(name), server => server.Database.SslMode.ToString().ToLowerInvariant()),
        Known("POSTGRESQL_MAX_IDLE_CONNS", name => Count(name, 2), server => (long)server.Database.MaxPoolSize),
        Known("POSTGRESQL_MAX_OPEN_CONNS", name => Count(name, 0), server => (long)server.Database.MaxPoolSize),
        Known("POSTGRESQL_CONN_MAX_LIFETIME", name => Text(name), server => Seconds(server.Database.ConnectionLifetime)),
        Known("POSTGRESQL_CONN_MAX_IDLE_TIME", name => Text(name), server => Seconds(server.Database.ConnectionIdleLifetime)),

        Known("REGISTRY_STORAGE_PROVIDER_NAME", name => Text(name), _ => "filesystem"),
        Given("MAX_JOB_WORKERS", name => Count(name, 10)),
        Given("WITH_TRIVY", name => Flag(name, false)),
        Given("ROBOT_SCANNER_NAME_PREFIX", name => Text(name, "scanner")),
        Given("METRIC_ENABLE", name => Flag(name, false)),
        Given("METRIC_PORT", name => Port(name, 9090)),
        Given("METRIC_PATH", name => Text(name, "/metrics")),
        Given("TRACE_ENABLED", name => Flag(name, false)),
        Given("TRACE_SERVICE_NAME", name => Text(name)),
        Given("TRACE_NAMESPACE", name => Text(name)),
        Given("TRACE_SAMPLE_RATE", name => Share(name, 1)),
        Given("TRACE_ATTRIBUTES", name => Map(name, string.Empty)),
        Given("TRACE_JAEGER_ENDPOINT", name => Text(name)),
        Given("TRACE_JAEGER_USERNAME", name => Text(name)),
        Given("TRACE_JAEGER_PASSWORD", Hidden),
        Given("TRACE_JAEGER_AGENT_HOSTNAME", name => Text(name)),
        Given("TRACE_JAEGER_AGENT_PORT", name => Text(name, "6831")),
        Given("TRACE_OTEL_ENDPOINT", name => Text(name)),
        Given("TRACE_OTEL_URL_PATH", name => Text(name)),
        Given("TRACE_OTEL_COMPRESSION", name => Flag(name, false)),
        Given("TRACE_OTEL_INSECURE", name => Flag(name, false)),
        Given("TRACE_OTEL_TIMEOUT", name => Count(name, 0)),

        // Facts are kept in memory while nothing contradicts them; there is no time after which they are dropped.
        Known("CACHE_ENABLED", name => Flag(name, true), _ => true),
        Known("CACHE_EXPIRE_HOURS", name => Count(name, 0), _ => 0L),
        Known("GDPR_DELETE_USER", name => Flag(name, false), server => server.Options.ForgetDeletedUsers),
        Given("GDPR_AUDIT_LOGS", name => Flag(name, false)),
        Given("EXECUTION_STATUS_REFRESH_INTERVAL_SECONDS", name => Count(name, 30)),
        Known("QUOTA_UPDATE_PROVIDER", name => Text(name), _ => "db"),

        // What the management API takes in one body; pushes have no bound but the quota.
        Known("BEEGO_MAX_MEMORY_BYTES", name => Count(name, ApiBodyBytes), _ => ApiBodyBytes),
        Known("BEEGO_MAX_UPLOAD_SIZE_BYTES", name => Count(name, ApiBodyBytes), _ => ApiBodyBytes),
        Given("REPLICATION_ADAPTER_WHITELIST", name => Text(name)),
    ];

    /// <exception cref="StartupException">A variable has a value that its setting cannot have.</exception>
    public static void CheckEnvironment(HarborOptions options)
    {
        foreach (var (setting, variable, _) in All.Where(each => each.Find is null))
        {
            if (options.Variable(variable) is { Length: > 0 } text)
            {
                try
                {
                    setting.Accept(text);
                }
                catch (RegistryException e)
                {
                    throw new StartupException($"{variable} must be {setting.Requirement}.", e);
                }
            }
        }
    }

    private static SystemSetting Given(string variable, Func<string, Setting> declare) => new(declare(variable.ToLowerInvariant()), variable);

    private static SystemSetting Known(string variable, Func<string, Setting> declare, Func<RunningServer, object> find) =>
        new(declare(variable.ToLowerInvariant()), variable, find);

    private static Setting<long> Count(string name, long standard) => Number(name, standard, least: 0, most: long.MaxValue);

    private static Setting<long> Port(string name, long standard) => Number(name, standard, least: 1, most: MaxPort);

    // Durations are written as Harbor's variables are, such as 300s; 0 is no limit.
    private static string Seconds(int seconds) => seconds == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{seconds}s");
}
