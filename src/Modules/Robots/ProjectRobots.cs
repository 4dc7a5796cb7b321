using Harbor.Modules.Projects;
using Harbor.Platform.Data;

namespace Harbor.Modules.Robots;

/// <summary>Deletes the robots of a project that is deleted, and what other robots were given in it.</summary>
internal sealed class ProjectRobots : IProjectDeparture
{
    public async Task<IReadOnlyList<string>> LeaveAsync(Transaction tx, long projectId)
    {
        // Robots before permissions, as when one is deleted by itself.
        var affected = await tx.ListAsync("DELETE FROM robot WHERE project_id = $1 RETURNING name", row => RobotDirectory.Key(row.GetString(0)), projectId);
        affected.AddRange(await tx.ListAsync(
            """
            WITH gone AS (DELETE FROM robot_permission WHERE project_id = $1 RETURNING robot_id)
            SELECT name FROM robot WHERE id IN (SELECT robot_id FROM gone)
            """, row => RobotDirectory.Key(row.GetString(0)), projectId));
        await tx.EvictAsync(affected);
        return affected;
    }
}
