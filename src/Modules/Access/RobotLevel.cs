namespace Harbor.Modules.Access;

/// <summary>Whether a robot, or a permission of one, is about the system or about projects. The words are Harbor's.</summary>
public enum RobotLevel
{
    System,
    Project,
}

public static class RobotLevels
{
    public static string Text(this RobotLevel level) => level == RobotLevel.System ? "system" : "project";

    /// <summary>Null for any other word.</summary>
    public static RobotLevel? Find(string? text) => text switch
    {
        "system" => RobotLevel.System,
        "project" => RobotLevel.Project,
        _ => null,
    };
}
