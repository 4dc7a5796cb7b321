using Harbor.Modules.Access;
using Harbor.Modules.Identity;
using Harbor.Platform.Data;
using Harbor.Platform.Events;

namespace Harbor.Modules.Robots;

/// <summary>Robots by the name they sign in with, from memory while that is safe: a build asks for every layer.</summary>
internal sealed class RobotDirectory(Database database, ChangeFeed feed, TimeProvider clock)
{
    private const string KeyPrefix = "robot:";
    private const int Capacity = 200_000;

    // The process's clock may fall behind the database's, as when the machine sleeps: the time left is asked for anew.
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    // Beyond this, the time left does not fit, and does not matter.
    private const long MaxLeftSeconds = 100_000_000_000;

    private readonly FactCache<RobotFact> cache = new(feed, KeyPrefix, Capacity, fact => 1 + fact.Policy.Projects.Count);

    /// <summary>Key of what is known of a robot; every change of it evicts that.</summary>
    public static string Key(string fullName) => KeyPrefix + fullName;

    /// <summary>The robot of this full name, without the prefix of login names; null when there is none.</summary>
    public async ValueTask<RobotFact?> FindAsync(string fullName, CancellationToken ct)
    {
        if (!RobotName.IsFull(fullName))
        {
            return null;
        }

        var key = Key(fullName);
        var robot = await cache.GetAsync(key, fullName, LoadAsync, ct);
        if (robot is not null && clock.GetElapsedTime(robot.ReadAt) > MaxAge)
        {
            cache.Evict(key);
            robot = await cache.GetAsync(key, fullName, LoadAsync, ct);
        }

        return robot;
    }

    private async Task<RobotFact?> LoadAsync(string fullName, CancellationToken ct)
    {
        var readAt = clock.GetTimestamp();
        await using var command = database.Command($"""
            SELECT r.id, r.project_id, r.secret_hash, r.secret_salt, r.disabled,
                CASE WHEN r.expires_at <> -1 THEN least(r.expires_at - extract(epoch FROM harbor_now()), {MaxLeftSeconds})::double precision END,
                p.kind, p.project_id, p.access
            FROM robot r LEFT JOIN robot_permission p ON p.robot_id = r.id WHERE r.name = $1 ORDER BY p.position
            """).With(fullName);
        var rows = await command.ListAsync(row => new Row(
            row.GetInt64(0),
            row.IsDBNull(1) ? null : row.GetInt64(1),
            row.IsDBNull(2) ? null : PasswordHash.OfMachine(row.GetString(3), row.GetString(2)),
            row.GetBoolean(4),
            row.IsDBNull(5) ? null : TimeSpan.FromSeconds(row.GetDouble(5)),
            row.IsDBNull(6) ? null : new RobotGrant(
                RobotLevels.Find(row.GetString(6))!.Value, row.IsDBNull(7) ? null : row.GetInt64(7), RobotGrants.Read(row.GetFieldValue<string[]>(8)))), ct);
        return rows is [var robot, ..]
            ? new RobotFact(robot.Id, robot.Secret, robot.Disabled, readAt, robot.Left, new RobotPolicy(robot.ProjectId, rows.Select(row => row.Grant).OfType<RobotGrant>()))
            : null;
    }

    private sealed record Row(long Id, long? ProjectId, PasswordHash? Secret, bool Disabled, TimeSpan? Left, RobotGrant? Grant);
}
