namespace Harbor.Modules.Access;

/// <summary>What a permission is about. The text is Harbor's; the empty one is the project itself.</summary>
public readonly record struct Resource(string Text)
{
    // In a project
    public static readonly Resource Self = new("");
    public static readonly Resource Member = new("member");
    public static readonly Resource Metadata = new("metadata");
    public static readonly Resource Log = new("log");
    public static readonly Resource Label = new("label");
    public static readonly Resource Quota = new("quota");
    public static readonly Resource Repository = new("repository");
    public static readonly Resource Artifact = new("artifact");
    public static readonly Resource ArtifactAddition = new("artifact-addition");
    public static readonly Resource ArtifactLabel = new("artifact-label");
    public static readonly Resource Tag = new("tag");
    public static readonly Resource Accessory = new("accessory");
    public static readonly Resource Scan = new("scan");
    public static readonly Resource Sbom = new("sbom");
    public static readonly Resource Scanner = new("scanner");
    public static readonly Resource ExportCve = new("export-cve");
    public static readonly Resource Robot = new("robot");
    public static readonly Resource NotificationPolicy = new("notification-policy");
    public static readonly Resource TagRetention = new("tag-retention");
    public static readonly Resource ImmutableTag = new("immutable-tag");
    public static readonly Resource PreheatPolicy = new("preheat-policy");
    public static readonly Resource Configuration = new("configuration");

    // In the system
    public static readonly Resource Catalog = new("catalog");
    public static readonly Resource AuditLog = new("audit-log");
    public static readonly Resource Project = new("project");
    public static readonly Resource User = new("user");
    public static readonly Resource UserGroup = new("user-group");
    public static readonly Resource Registry = new("registry");
    public static readonly Resource ReplicationAdapter = new("replication-adapter");
    public static readonly Resource ReplicationPolicy = new("replication-policy");
    public static readonly Resource Replication = new("replication");
    public static readonly Resource GarbageCollection = new("garbage-collection");
    public static readonly Resource ScanAll = new("scan-all");
    public static readonly Resource SystemVolumes = new("system-volumes");
    public static readonly Resource LdapUser = new("ldap-user");
    public static readonly Resource PreheatInstance = new("preheat-instance");
    public static readonly Resource PurgeAudit = new("purge-audit");
    public static readonly Resource JobServiceMonitor = new("jobservice-monitor");
    public static readonly Resource SecurityHub = new("security-hub");
    public static readonly Resource Distribution = new("distribution");

    public override string ToString() => Text;
}
