using Harbor.Platform.Events;

namespace Harbor.Modules.Robots;

/// <param name="Name">Name that it signs in with.</param>
/// <param name="ProjectId">Null: a robot of the system.</param>
/// <param name="By">Name of the caller.</param>
public sealed record RobotCreated(long RobotId, string Name, long? ProjectId, string By) : IDomainEvent
{
    public static string Kind => "robot.created";
}

public sealed record RobotDeleted(long RobotId, string Name, long? ProjectId, string By) : IDomainEvent
{
    public static string Kind => "robot.deleted";
}
