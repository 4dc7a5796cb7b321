using System.Collections.Frozen;
using R = Harbor.Modules.Access.Resource;

namespace Harbor.Modules.Access;

/// <summary>What may be put in a robot account. Some pairs that people have are missing on purpose, as in Harbor.</summary>
public static class RobotCatalogue
{
    private const string Everything = "C R U D L";

    /// <summary>Permissions of the kind <c>system</c>.</summary>
    public static FrozenSet<Permission> System { get; } = Read(
    [
        (R.AuditLog, "L"),
        (R.PreheatInstance, Everything),
        (R.Project, "C L"),
        (R.ReplicationPolicy, Everything),
        (R.Replication, "C R L"),
        (R.ReplicationAdapter, "L"),
        (R.Registry, Everything),
        (R.ScanAll, "C R U stop"),
        (R.SystemVolumes, "R"),
        (R.GarbageCollection, "C R U L stop"),
        (R.PurgeAudit, "C R U L stop"),
        (R.JobServiceMonitor, "L stop"),
        (R.Scanner, Everything),
        (R.Label, "C R U D"),
        (R.SecurityHub, "R L"),
        (R.Catalog, "R"),
        (R.Quota, "R U L"),
        (R.Robot, "C R D L"),
        (R.User, Everything),
        (R.LdapUser, "C L"),
        (R.UserGroup, Everything),
    ]);

    /// <summary>Permissions of the kind <c>project</c>. The project itself is called <c>project</c> here.</summary>
    public static FrozenSet<Permission> Project { get; } = Read(
    [
        (R.Log, "L"),
        (R.Project, "R U D"),
        (R.Metadata, Everything),
        (R.Repository, "R U D L pull push"),
        (R.Artifact, "C R D L"),
        (R.Scan, "C R stop"),
        (R.Sbom, "C R stop"),
        (R.Tag, "C D L"),
        (R.Accessory, "L"),
        (R.ArtifactAddition, "R"),
        (R.ArtifactLabel, "C D"),
        (R.Scanner, "C R"),
        (R.PreheatPolicy, Everything),
        (R.ImmutableTag, "C U D L"),
        (R.NotificationPolicy, Everything),
        (R.TagRetention, Everything),
        (R.Label, Everything),
        (R.Quota, "R"),
        (R.Robot, "C R D L"),
        (R.ExportCve, "C R"),
        (R.Member, Everything),
    ]);

    private static FrozenSet<Permission> Read((Resource Resource, string Actions)[] rows) =>
        rows.SelectMany(row => Permission.Parse(row.Resource, row.Actions)).ToFrozenSet();
}
