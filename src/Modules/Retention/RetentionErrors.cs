using Harbor.Oci;

namespace Harbor.Modules.Retention;

internal static class RetentionErrors
{
    /// <summary>The one level that a policy may be of.</summary>
    public const string Project = "project";

    public static RegistryException Invalid(string what) => new(ErrorCode.BadRequest, $"invalid retention policy: {what}");

    public static RegistryException InvalidCron(string cron) => new(ErrorCode.BadRequest, $"invalid cron string for scheduled tag retention: {Short(cron)}");

    public static RegistryException TooManyRules(int most) => new(ErrorCode.BadRequest, $"only {most} retention rules are allowed at most");

    public static RegistryException Conflict(int rule, int other) => new(ErrorCode.Conflict, $"rule {rule} is conflict with rule {other}");

    public static RegistryException InvalidLevel(string? level) => new(ErrorCode.BadRequest, $"scope {Short(level)} is not support");

    public static RegistryException InvalidProject(long id) => new(ErrorCode.BadRequest, $"invalid project id {id}");

    public static RegistryException ProjectNotFound(long id) => new(ErrorCode.BadRequest, $"project {id} not found");

    public static RegistryException AlreadyThere(long project, long policy) => new(ErrorCode.BadRequest, $"project {project} already has retention policy {policy}");

    public static RegistryException NotFound(long id) => new(ErrorCode.NotFound, $"retention policy {id} not found");

    /// <summary>Harbor's word where something is asked of a policy that is not there.</summary>
    public static RegistryException NoSuchPolicy(long id) => new(ErrorCode.BadRequest, $"no such retention policy with id {id}");

    public static RegistryException ExecutionNotFound(long id) => new(ErrorCode.NotFound, $"retention execution {id} not found");

    public static RegistryException TaskNotFound(long id) => new(ErrorCode.NotFound, $"retention task {id} not found");

    public static RegistryException UnknownAction(string? action) => new(ErrorCode.BadRequest, $"action {Short(action)} is not supported, only stop is");

    private static string? Short(string? text) => text?.Length > RepositoryName.MaxLength ? text[..RepositoryName.MaxLength] : text;
}
