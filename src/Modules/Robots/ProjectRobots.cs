using Harbor.Modules.Access;
using Harbor.Modules.Configuration;
using Harbor.Modules.Projects;
using Harbor.Platform.Data;

namespace Harbor.Modules.Robots;

/// <summary>Deletes the robots of a project that is deleted, and what other robots were given in it.</summary>
internal sealed class ProjectRobots(Settings settings) : IProjectDeparture
{
    public async Task<IReadOnlyList<string>> LeaveAsync(Transaction tx, ProjectScope project)
    {
        // Robots before permissions, as when one is deleted by itself.
        var robots = await tx.ListAsync($"DELETE FROM robot WHERE project_id = $1 RETURNING {Robot.Columns}", Robot.Read, project.Id);
        var affected = robots.ConvertAll(robot => RobotDirectory.Key(robot.FullName));
        affected.AddRange(await tx.ListAsync(
            """
            WITH gone AS (DELETE FROM robot_permission WHERE project_id = $1 RETURNING robot_id)
            SELECT name FROM robot WHERE id IN (SELECT robot_id FROM gone)
            """, row => RobotDirectory.Key(row.GetString(0)), project.Id));
        if (robots.Count > 0)
        {
            var prefix = await settings.GetAsync(KnownSettings.RobotNamePrefix, tx.Ct);
            foreach (var robot in robots.OrderBy(robot => robot.Id))
            {
                await tx.PublishAsync(new RobotDeleted(robot.Id, robot.LoginName(prefix), project.Id, project.Security.RecordedName));
            }
        }

        await tx.EvictAsync(affected);
        return affected;
    }
}
