using Harbor.Modules.Access;
using Harbor.Platform.Data;

namespace Harbor.Modules.Robots;

/// <summary>The permissions of robots in the database.</summary>
internal static class RobotGrants
{
    /// <summary>Finds the projects that permissions name, and holds them against being deleted until the transaction ends.</summary>
    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>: one is not there. <c>BAD_REQUEST</c>: a system permission for something else than the system.</exception>
    public static async Task<IReadOnlyList<RobotGrant>> HoldAsync(Transaction tx, IReadOnlyList<RobotPermission> permissions)
    {
        var names = permissions
            .Where(permission => permission.Kind == RobotLevel.Project && RobotName.IsValid(permission.Namespace))   // the grammar of projects, too
            .Select(permission => permission.Namespace).ToArray();
        var found = names.Length == 0 ? [] : await tx.ListAsync(
            "SELECT id, name FROM project WHERE name = ANY($1) AND NOT deleted ORDER BY id FOR KEY SHARE", row => (Id: row.GetInt64(0), Name: row.GetString(1)), (object)names);
        var projects = found.ToDictionary(project => project.Name, project => project.Id, StringComparer.Ordinal);
        return [.. permissions.Select(permission => new RobotGrant(permission.Kind, ProjectOf(permission, projects), permission.Access))];
    }

    public static Task<int> AddAsync(Transaction tx, long robotId, IReadOnlyList<RobotGrant> grants) => tx.ExecuteAsync(
        """
        INSERT INTO robot_permission (robot_id, position, kind, project_id, access)
        SELECT $1, position, kind, project_id, string_to_array(access, ' ')
        FROM unnest($2::text[], $3::bigint[], $4::text[]) WITH ORDINALITY AS given (kind, project_id, access, position)
        """,
        robotId, grants.Select(grant => grant.Kind.Text()).ToArray(), grants.Select(grant => grant.ProjectId).ToArray(),
        grants.Select(grant => string.Join(' ', grant.Access)).ToArray());

    public static Task<int> RemoveAsync(Transaction tx, long robotId) => tx.ExecuteAsync("DELETE FROM robot_permission WHERE robot_id = $1", robotId);

    public static IReadOnlyList<RobotAccess> Read(string[] stored) => Array.ConvertAll(stored, RobotAccess.Parse);

    private static long? ProjectOf(RobotPermission permission, Dictionary<string, long> projects) => permission switch
    {
        { Kind: RobotLevel.System, Namespace: RobotPermission.SystemNamespace } => null,
        { Kind: RobotLevel.System } => throw RobotErrors.InvalidNamespace(permission.Namespace),
        { Namespace: RobotPermission.EveryProject } => null,
        _ => projects.TryGetValue(permission.Namespace, out var id) ? id : throw RobotErrors.ProjectNotFound(permission.Namespace),
    };
}
