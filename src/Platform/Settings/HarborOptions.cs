using System.Net;

namespace Harbor.Platform.Settings;

/// <summary>What is known before the database: the start-up contract's settings.</summary>
public sealed class HarborOptions
{
    /// <summary>Absolute path of the folder that holds everything: blobs, the embedded database, keys.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Npgsql connection string of an external PostgreSQL (<c>HARBOR_DATABASE</c>); null runs the embedded one.</summary>
    public string? Database { get; init; }

    /// <summary>Connection string of a direct session for <c>LISTEN</c> (<c>HARBOR_DATABASE_LISTEN</c>), needed when the first
    /// one leads through PgBouncer; null: the same as <see cref="Database"/>.</summary>
    public string? DatabaseListen { get; init; }

    /// <summary>Key of the secrets in the database (<c>HARBOR_SECRET_KEY</c>), the same for all replicas; null: kept in
    /// <c>secret-key</c> in the data directory, made at the first start.</summary>
    public Secret? SecretKey { get; init; }

    /// <summary>Networks whose <c>X-Forwarded-*</c> headers are believed (<c>HARBOR_TRUSTED_PROXIES</c>). Default: loopback and private ones.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = Settings.TrustedProxies.Default;

    /// <summary>How long running requests may take to end at SIGTERM (<c>HARBOR_SHUTDOWN_TIMEOUT</c>, seconds). Default 30 s.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Address told to clients (<c>HARBOR_EXTERNAL_URL</c>); null: what each request says.</summary>
    public Uri? ExternalUrl { get; init; }

    /// <summary>First admin password (<c>HARBOR_ADMIN_PASSWORD</c>); null: a random one. Read at the first start only.</summary>
    public Secret? InitialAdminPassword { get; init; }

    /// <summary>PEM file of the RSA key that signs bearer tokens (<c>TOKEN_PRIVATE_KEY_PATH</c>); null: one that is made at the first start.</summary>
    public string? TokenPrivateKeyPath { get; init; }

    /// <summary>Key of the portal's CSRF cookies (<c>CSRF_KEY</c>, 32 characters); null: one that is made at the first start.</summary>
    public Secret? CsrfKey { get; init; }

    /// <summary>Secret of the part called core (<c>CORE_SECRET</c>): its bearer may do everything. Null: nobody is.</summary>
    public Secret? CoreSecret { get; init; }

    /// <summary>The same of the part called jobservice (<c>JOBSERVICE_SECRET</c>).</summary>
    public Secret? JobServiceSecret { get; init; }

    /// <summary>Settings that the operator fixes (<c>CONFIG_OVERWRITE_JSON</c>): a JSON object. Null: administrators change them.</summary>
    public Secret? ConfigOverwrite { get; init; }

    /// <summary>First value of the setting <c>skip_audit_log_database</c> (<c>SKIP_LOG_AUDIT_DATABASE</c>); null: its default.</summary>
    public bool? SkipAuditLogDatabase { get; init; }

    /// <summary>PEM file of the authority behind the registry's certificate (<c>HARBOR_CA_FILE</c>); null: <c>ca_download/ca.crt</c> in the data directory.</summary>
    public string? CaFile { get; init; }

    /// <summary>Value of an environment variable that only one capability reads; null when it is not set.</summary>
    public Func<string, string?> Variable { get; init; } = static _ => null;

    /// <summary>Whether the row of a deleted user keeps nothing of his name and address (<c>GDPR_DELETE_USER</c>). Default no.</summary>
    public bool ForgetDeletedUsers { get; init; }

    /// <summary>Whether a deleted user's name is replaced in the audit log, too (<c>GDPR_AUDIT_LOGS</c>). Default no.</summary>
    public bool ForgetDeletedUsersInAudit { get; init; }

    /// <summary>How long unused content is kept from the collector (<c>GC_TIME_WINDOW_HOURS</c>). Default 2 hours.</summary>
    public TimeSpan GarbageGrace { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How long what was deleted can be restored (<c>HARBOR_TRASH_RETENTION_HOURS</c>), where that is longer than the grace. Default: it is not.</summary>
    public TimeSpan TrashRetention { get; init; } = TimeSpan.Zero;

    /// <summary>How long a deletion can be restored: the grace, or the retention of the trash.</summary>
    public TimeSpan RestorableFor => TrashRetention > GarbageGrace ? TrashRetention : GarbageGrace;

    /// <summary>How long an upload may rest between two chunks (<c>HARBOR_UPLOAD_LIFETIME_HOURS</c>). Default 24 hours.</summary>
    public TimeSpan UploadLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How long a blob's bytes outlive its row. An external database may fail over to a standby that never saw the last commits and
    /// brings rows back, so their bytes wait ten minutes; the embedded one cannot.
    /// </summary>
    public TimeSpan EraseDelay => Database is null ? TimeSpan.Zero : TimeSpan.FromMinutes(10);

    /// <summary>The certificate that anybody may download, if it is there.</summary>
    public string CaCertificateFile => CaFile ?? Path.Combine(DataDirectory, "ca_download", "ca.crt");

    /// <summary>Blobs and uploads; both must lie on one file system.</summary>
    public string StorageDirectory => Path.Combine(DataDirectory, "storage");

    /// <summary>The embedded PostgreSQL's own data directory.</summary>
    public string DatabaseDirectory => Path.Combine(DataDirectory, "postgres");
}
