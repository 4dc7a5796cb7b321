using Harbor.Oci;

namespace Harbor.Modules.Identity.Groups;

internal static class UserGroupErrors
{
    public static RegistryException NotFound(long id) => new(ErrorCode.NotFound, $"user group {id} not found");

    public static RegistryException InvalidId() => new(ErrorCode.BadRequest, "the user group's id must be greater than 0");

    public static RegistryException InvalidName(int maxLength) =>
        new(ErrorCode.BadRequest, $"group_name must have 1 to {maxLength} characters and no control characters");

    public static RegistryException InvalidType(int? type) =>
        new(ErrorCode.BadRequest, $"group_type {type} is none of 1 (LDAP), 2 (HTTP) and 3 (OIDC)");

    public static RegistryException UnknownToDirectory(string? name) => new(ErrorCode.BadRequest, $"no LDAP group has the distinguished name \"{name}\"");

    public static RegistryException Exists(string name) => new(ErrorCode.Conflict, $"a user group named {name} exists already");
}
