using Harbor.Oci;

namespace Harbor.Modules.Projects;

/// <summary>Refusals about projects. Some texts are compared by Harbor's clients and tests.</summary>
internal static class ProjectErrors
{
    public const string HasRepositories = "the project contains repositories, can not be deleted";

    public static RegistryException NotFound(string project) => new(ErrorCode.NotFound, $"project {project} not found");

    public static RegistryException InvalidName() =>
        new(ErrorCode.BadRequest, "project name is not in lower case or contains illegal characters, or is longer than 255 characters");

    public static RegistryException AlreadyExists(string name) => new(ErrorCode.Conflict, $"The project named {name} already exists");

    public static RegistryException CreationByProjectRobot() => new(ErrorCode.Forbidden, "Only system level robot can create project");

    public static RegistryException CreationRestricted() => new(ErrorCode.Forbidden, "Only system admin can create project");

    public static RegistryException ProxyCacheRestricted() => new(ErrorCode.Forbidden, "Only system admin can create proxy cache project");

    public static RegistryException RegistryUnknown(long id) => new(ErrorCode.BadRequest, $"registry {id} not found");

    public static RegistryException StorageLimit(long limit) =>
        new(ErrorCode.BadRequest, $"storage limit {limit} is neither -1 nor between 1 and {Quotas.ProjectQuotas.MaxLimit} bytes");

    public static RegistryException InvalidMetadata(string key, string? value) => new(ErrorCode.BadRequest, $"invalid value for metadata {key}: \"{Short(value)}\"");

    public static RegistryException InvalidMetadataKey(string key) => new(ErrorCode.BadRequest, $"invalid key: {Short(key)}");

    public static RegistryException OnlyOfProxies(string key) => new(ErrorCode.BadRequest, $"{key} is of proxy cache projects only");

    public static RegistryException NotOnePair() => new(ErrorCode.BadRequest, "exactly one pair of a key and a value is needed");

    public static RegistryException MetadataExists(string key) => new(ErrorCode.Conflict, $"the metadata {key} exists already");

    public static RegistryException InvalidAllowlist(string why) => new(ErrorCode.BadRequest, $"invalid CVE allowlist: {why}");

    public static RegistryException NotEmpty() => new(ErrorCode.Precondition, $"precondition failed: {HasRepositories}");

    // What a caller sent goes back to him, but not by the megabyte.
    private static string? Short(string? text)
    {
        const int Shown = 64;
        return text is { Length: > Shown } ? $"{text.AsSpan(0, char.IsHighSurrogate(text[Shown - 1]) ? Shown - 1 : Shown)}..." : text;
    }
}
