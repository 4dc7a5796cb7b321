using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Configuration;
using Harbor.Platform.Data;
using Harbor.Platform.Http.Listing;

namespace Harbor.Modules.Robots;

/// <summary>Shows robots, with their permissions. However many are shown, it takes the same few statements.</summary>
internal sealed class RobotListing(Database database, Settings settings)
{
    private static readonly SqlColumns Columns = new(
        ("id", ColumnKind.Number, "id"),
        ("name", ColumnKind.Text, "name"),
        ("description", ColumnKind.Text, "description"),
        ("duration", ColumnKind.Number, "duration"),
        ("expires_at", ColumnKind.Number, "expires_at"),
        ("disabled", ColumnKind.Flag, "disabled"),
        ("creator_type", ColumnKind.Text, "creator_type"),
        ("creator_ref", ColumnKind.Number, "creator_ref"),
        ("creation_time", ColumnKind.Time, "creation_time"),
        ("update_time", ColumnKind.Time, "update_time"));

    public async Task<Page<RobotDto>> ListAsync(RobotPlace place, FilterQuery filter, SortQuery sort, PageRequest page, CancellationToken ct)
    {
        var rows = Select(Robot.Columns, place, filter);
        Columns.AppendSort(rows, sort, standard: "name", tieBreaker: "id");
        var found = await SqlPages.ReadAsync(database, rows, Select("count(*)", place, filter), page, Robot.Read, ct);
        return new Page<RobotDto>(await ShowAsync(found.Items, ct), found.Total);
    }

    public async Task<RobotDto> ShowAsync(RobotScope robot, CancellationToken ct) => (await ShowAsync([robot.Robot], ct)).Single();

    /// <summary>The name that a robot signs in with now.</summary>
    public async ValueTask<string> LoginNameAsync(Robot robot, CancellationToken ct) =>
        robot.LoginName(await settings.GetAsync(KnownSettings.RobotNamePrefix, ct));

    private static SqlText Select(string what, RobotPlace place, FilterQuery filter)
    {
        var sql = new SqlText($"SELECT {what} FROM robot WHERE visible AND ");
        if (place.Project is { } project)
        {
            sql.Append("project_id = ").Parameter(project.Id);
        }
        else
        {
            sql.Append("project_id IS NULL");
        }

        Columns.AppendFilter(sql, filter);
        return sql;
    }

    private async Task<IReadOnlyList<RobotDto>> ShowAsync(IReadOnlyList<Robot> robots, CancellationToken ct)
    {
        if (robots.Count == 0)
        {
            return [];
        }

        await using var command = database.Command($"""
            SELECT p.robot_id, p.kind, CASE p.kind WHEN 'system' THEN '{RobotPermission.SystemNamespace}' ELSE coalesce(project.name, '{RobotPermission.EveryProject}') END, p.access
            FROM robot_permission p LEFT JOIN project ON project.id = p.project_id
            WHERE p.robot_id = ANY($1) AND project.deleted IS NOT TRUE ORDER BY p.robot_id, p.position
            """).With((object)robots.Select(robot => robot.Id).ToArray());
        var permissions = await command.ListAsync(row => (
            RobotId: row.GetInt64(0),
            Permission: new RobotPermissionDto { Kind = row.GetString(1), Namespace = row.GetString(2), Access = Show(RobotGrants.Read(row.GetFieldValue<string[]>(3))) }), ct);
        var byRobot = permissions.ToLookup(each => each.RobotId, each => each.Permission);
        var prefix = await settings.GetAsync(KnownSettings.RobotNamePrefix, ct);
        return [.. robots.Select(robot => Show(robot, prefix, [.. byRobot[robot.Id]]))];
    }

    private static RobotDto Show(Robot robot, string prefix, IReadOnlyList<RobotPermissionDto> permissions) => new()
    {
        Id = robot.Id,
        Name = robot.LoginName(prefix),
        Description = robot.Description,
        Level = (robot.ProjectId is null ? RobotLevel.System : RobotLevel.Project).Text(),
        Duration = robot.Duration,
        Editable = robot.HasSecret,
        Disable = robot.Disabled,
        ExpiresAt = robot.ExpiresAt,
        Permissions = permissions,
        CreatorType = robot.CreatorType,
        CreatorRef = robot.CreatorRef,
        CreationTime = robot.CreationTime,
        UpdateTime = robot.UpdateTime,
    };

    private static RobotAccessDto[] Show(IReadOnlyList<RobotAccess> access) =>
        [.. access.Select(each => new RobotAccessDto { Resource = each.Resource, Action = each.Action, Effect = each.Effect })];
}
