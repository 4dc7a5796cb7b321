using Harbor.Modules.Access;
using Harbor.Oci;

namespace Harbor.Modules.Robots;

internal static class RobotErrors
{
    private const int MaxShown = 100;

    public static RegistryException NotFound(long id) => new(ErrorCode.NotFound, $"robot {id} not found");

    public static RegistryException ProjectNotFound(string project) => new(ErrorCode.NotFound, $"project {Cut(project)} not found");

    public static RegistryException AlreadyExists(string name) => new(ErrorCode.Conflict, $"robot {name} already exists");

    public static RegistryException Legacy() => new(ErrorCode.Denied, "editing of legacy robot is not allowed");

    public static RegistryException Exceeds(RobotLevel kind, string where, RobotAccess access) =>
        new(ErrorCode.Denied, $"a robot can hand on what it has itself, and has not {access} of kind {kind.Text()} in {Cut(where)}");

    public static RegistryException InvalidName() => new(
        ErrorCode.BadRequest,
        $"robot name must have 1 to {RobotName.MaxLength} characters, lower-case letters and digits with single dots, underscores or hyphens between them");

    public static RegistryException InvalidDescription(int most) => new(ErrorCode.BadRequest, $"the description must have at most {most} characters");

    public static RegistryException InvalidDuration(long? duration) =>
        new(ErrorCode.BadRequest, $"invalid duration {duration}: it must be -1, for ever, or a number of days from 1 to {RobotSpec.MaxDuration}");

    public static RegistryException InvalidLevel(string? level) => new(ErrorCode.BadRequest, $"invalid level \"{Cut(level)}\": it must be system or project");

    public static RegistryException NoPermissions() => new(ErrorCode.BadRequest, "a robot needs permissions, and each of them access to something");

    public static RegistryException OneProjectOnly() => new(ErrorCode.BadRequest, "a project level robot has one permission entry, for its project");

    public static RegistryException InvalidKind(string? kind) => new(ErrorCode.BadRequest, $"invalid kind \"{Cut(kind)}\": it must be system or project");

    public static RegistryException NotGrantable(RobotLevel kind, string? resource, string? action) =>
        new(ErrorCode.BadRequest, $"permission not allowed for the kind {kind.Text()}: {Cut(resource)}:{Cut(action)}");

    public static RegistryException InvalidEffect(string effect) => new(ErrorCode.BadRequest, $"invalid effect \"{Cut(effect)}\": it must be allow or deny");

    public static RegistryException InvalidNamespace(string given) =>
        new(ErrorCode.BadRequest, $"invalid namespace \"{Cut(given)}\": that of a system permission is {RobotPermission.SystemNamespace}");

    public static RegistryException AnotherProject() => new(ErrorCode.BadRequest, "cannot update the project of a robot");

    public static RegistryException LevelOrNameChanged() => new(ErrorCode.BadRequest, "cannot update the level or name of a robot");

    public static RegistryException InvalidList(string why) => new(ErrorCode.BadRequest, $"invalid query: {why}");

    private static string Cut(string? text) => text?.Length > MaxShown ? $"{text[..MaxShown]}..." : text ?? string.Empty;
}
