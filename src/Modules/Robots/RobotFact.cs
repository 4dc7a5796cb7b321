using Harbor.Modules.Access;
using Harbor.Modules.Identity;

namespace Harbor.Modules.Robots;

/// <summary>What signing in needs to know of a robot, as it was when the database was asked. Immutable, so it may be cached.</summary>
/// <param name="Secret">Null when it has none.</param>
/// <param name="ReadAt">The process clock's timestamp of the asking.</param>
/// <param name="Left">How long it had to live then; null: for ever.</param>
internal sealed record RobotFact(long Id, PasswordHash? Secret, bool Disabled, long ReadAt, TimeSpan? Left, RobotPolicy Policy)
{
    /// <summary>Whether it may sign in now.</summary>
    public bool IsAlive(TimeProvider clock) => !Disabled && (Left is not { } left || clock.GetElapsedTime(ReadAt) < left);
}
