using Harbor.Oci;

namespace Harbor.Modules.Projects.Members;

internal static class MemberErrors
{
    public static RegistryException NobodyNamed() => new(ErrorCode.BadRequest, "either a user or a group must be named as the member");

    public static RegistryException NoSuchUser(long id) => new(ErrorCode.BadRequest, $"user {id} not found");

    public static RegistryException NoSuchUser(string username) => new(ErrorCode.NotFound, $"user {username} not found");

    public static RegistryException NoSuchGroup(long id) => new(ErrorCode.BadRequest, $"user group {id} not found");

    public static RegistryException NoSuchGroup(string name) => new(ErrorCode.NotFound, $"user group {name} not found");

    public static RegistryException AlreadyMember(string name) => new(ErrorCode.Conflict, $"{name} is a member of the project already");

    public static RegistryException InvalidRole(int? role) => new(ErrorCode.BadRequest, $"role_id {role} is none of the roles 1 to 5");

    public static RegistryException InvalidId() => new(ErrorCode.BadRequest, "the member id must not be 0");

    public static RegistryException NotFound(long id) => new(ErrorCode.NotFound, $"project member {id} not found");
}
