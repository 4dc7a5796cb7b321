using Harbor.Oci;

namespace Harbor.Modules.Audit.Purge;

/// <summary>Refusals about purging the audit log, in Harbor's words where it has any.</summary>
internal static class PurgeErrors
{
    public static RegistryException NoParameters() => new(ErrorCode.BadRequest, "schedule parameter cann't be empty");

    public static RegistryException Missing(string parameter) => new(ErrorCode.BadRequest, $"{parameter} should provide");

    public static RegistryException Invalid(string parameter, string expected) => new(ErrorCode.BadRequest, $"{parameter} must be {expected}");

    public static RegistryException TooManyHours(string parameter, long most) => new(ErrorCode.BadRequest, $"{parameter} should be less than {most}");

    public static RegistryException NotFound(long id) => new(ErrorCode.NotFound, $"purge audit execution {id} not found");

    public static RegistryException LogNotFound(long id) => new(ErrorCode.NotFound, $"log of purge audit execution {id} not found");
}
