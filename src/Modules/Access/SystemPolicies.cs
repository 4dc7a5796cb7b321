using System.Collections.Frozen;
using R = Harbor.Modules.Access.Resource;

namespace Harbor.Modules.Access;

/// <summary>Permissions outside projects. People have them by being system administrator, robots one by one.</summary>
public static class SystemPolicies
{
    private const string Everything = "C R U D L";

    /// <summary>Permissions that operations ask for.</summary>
    public static FrozenSet<Permission> All { get; } = Read(
    [
        (R.Catalog, "R"),
        (R.AuditLog, "L"),
        (R.Project, Everything),
        (R.User, Everything),
        (R.UserGroup, Everything),
        (R.Registry, Everything),
        (R.ReplicationAdapter, "L"),
        (R.ReplicationPolicy, Everything),
        (R.Replication, "C R L"),
        (R.GarbageCollection, "C R U L stop"),
        (R.ScanAll, "C R U stop"),
        (R.SystemVolumes, "R"),
        (R.LdapUser, "C L"),
        (R.Configuration, "R U"),
        (R.Quota, "R U L"),
        (R.Robot, Everything),
        (R.Label, "C R U D"),
        (R.Scanner, Everything),
        (R.PreheatInstance, Everything),
        (R.PurgeAudit, "C R U L stop"),
        (R.JobServiceMonitor, "L stop"),
        (R.SecurityHub, "R L"),
        (R.TagRetention, "C R U D L operate"),
    ]);

    /// <summary>What a caller can learn about himself: a fixed list that differs from <see cref="All"/>, as Harbor's does.</summary>
    public static FrozenSet<Permission> Enumerated { get; } = Read(
    [
        (R.Catalog, "R"),
        (R.AuditLog, "L"),
        (R.Project, Everything),
        (R.User, Everything),
        (R.UserGroup, Everything),
        (R.Registry, Everything),
        (R.Distribution, Everything),
        (R.Replication, Everything),
        (R.GarbageCollection, Everything),
        (R.ScanAll, "C R U D L stop"),
        (R.SystemVolumes, "R"),
        (R.LdapUser, "C L"),
        (R.Configuration, "R U"),
        (R.JobServiceMonitor, "R L stop"),
        (R.SecurityHub, "R L"),
    ]);

    private static FrozenSet<Permission> Read((Resource Resource, string Actions)[] rows) =>
        rows.SelectMany(row => Permission.Parse(row.Resource, row.Actions)).ToFrozenSet();
}
