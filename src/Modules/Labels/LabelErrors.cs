using Harbor.Oci;

namespace Harbor.Modules.Labels;

internal static class LabelErrors
{
    public static RegistryException NotFound(long id) => new(ErrorCode.NotFound, $"label {id} not found");

    public static RegistryException ProjectGone(string project) => new(ErrorCode.NotFound, $"project {project} not found");

    public static RegistryException InvalidScope(string? scope) => new(ErrorCode.BadRequest, $"invalid scope: {scope}; it is g or p");

    public static RegistryException InvalidProject(long id) => new(ErrorCode.BadRequest, $"invalid project_id: {id}");

    public static RegistryException NameMissing() => new(ErrorCode.BadRequest, "the label must have a name");

    public static RegistryException TooLong(string field, int characters) =>
        new(ErrorCode.BadRequest, $"the label's {field} has more than {characters} characters");

    public static RegistryException AlreadyExists(string name) => new(ErrorCode.Conflict, $"label {name} already exists");
}
