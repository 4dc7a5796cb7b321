namespace Harbor.Integration.Configuration;

/// <summary>One setting of the whole installation as Harbor documents it, with what one process says instead where it has no such part.</summary>
/// <param name="Value">As JSON, in a server without further variables.</param>
/// <param name="Given">A value for its variable, as text; null where the variable has no say.</param>
public sealed record SystemRow(string Variable, string Value, string? Given)
{
    public string Name => Variable == "HARBOR_ADMIN_PASSWORD" ? "admin_initial_password" : Variable.ToLowerInvariant();

    /// <summary>Harbor's list, transcribed; never taken from the server. <c>URL</c> is where the server is found, <c>?</c> what its database says.</summary>
    public static IReadOnlyList<SystemRow> All { get; } = [.. """
        HARBOR_ADMIN_PASSWORD                     ""
        TRIVY_ADAPTER_URL                         "http://trivy-adapter:8080"  http://scanner:9000
        CORE_URL                                  "URL"
        CORE_LOCAL_URL                            "URL"
        DATABASE_TYPE                             "postgresql"
        EXT_ENDPOINT                              "URL"
        JOBSERVICE_URL                            "URL"
        MAX_JOB_WORKERS                           10                           25
        POSTGRESQL_DATABASE                       ?
        POSTGRESQL_HOST                           ?
        POSTGRESQL_PASSWORD                       ""
        POSTGRESQL_PORT                           ?
        POSTGRESQL_SSLMODE                        ?
        POSTGRESQL_USERNAME                       ?
        POSTGRESQL_MAX_IDLE_CONNS                 ?
        POSTGRESQL_MAX_OPEN_CONNS                 ?
        POSTGRESQL_CONN_MAX_LIFETIME              ?
        POSTGRESQL_CONN_MAX_IDLE_TIME             ?
        REGISTRY_STORAGE_PROVIDER_NAME            "filesystem"
        REGISTRY_URL                              "URL"
        REGISTRY_CONTROLLER_URL                   "URL"
        TOKEN_SERVICE_URL                         "URL/service/token"
        WITH_TRIVY                                false                        true
        ROBOT_SCANNER_NAME_PREFIX                 "scanner"                    looker
        METRIC_ENABLE                             false                        true
        METRIC_PORT                               9090                         9191
        METRIC_PATH                               "/metrics"                   /numbers
        TRACE_ENABLED                             false                        true
        TRACE_SERVICE_NAME                        ""                           registry
        TRACE_NAMESPACE                           ""                           prod
        TRACE_SAMPLE_RATE                         1                            0.25
        TRACE_ATTRIBUTES                          ""                           {"a":"b"}
        TRACE_JAEGER_ENDPOINT                     ""                           http://jaeger
        TRACE_JAEGER_USERNAME                     ""                           tracer
        TRACE_JAEGER_PASSWORD                     ""
        TRACE_JAEGER_AGENT_HOSTNAME               ""                           agent
        TRACE_JAEGER_AGENT_PORT                   "6831"                       6832
        TRACE_OTEL_ENDPOINT                       ""                           otel:4318
        TRACE_OTEL_URL_PATH                       ""                           /v1/traces
        TRACE_OTEL_COMPRESSION                    false                        true
        TRACE_OTEL_INSECURE                       false                        true
        TRACE_OTEL_TIMEOUT                        0                            10
        CACHE_ENABLED                             true
        CACHE_EXPIRE_HOURS                        0
        GDPR_DELETE_USER                          false
        GDPR_AUDIT_LOGS                           false                        true
        EXECUTION_STATUS_REFRESH_INTERVAL_SECONDS 30                           5
        QUOTA_UPDATE_PROVIDER                     "db"
        BEEGO_MAX_MEMORY_BYTES                    1048576
        BEEGO_MAX_UPLOAD_SIZE_BYTES               1048576
        REPLICATION_ADAPTER_WHITELIST             ""                           harbor,docker-hub
        """.Split('\n').Select(Read)];

    private static SystemRow Read(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new SystemRow(words[0], words[1], words.ElementAtOrDefault(2));
    }
}
