using Harbor.Oci;

namespace Harbor.Modules.Identity;

public static class UserErrors
{
    public static RegistryException NotFound(long id) => new(ErrorCode.NotFound, $"user {id} not found");

    public static RegistryException Exists() => new(ErrorCode.Conflict, "the username or the email is taken");

    public static RegistryException Undeletable(long id) => new(ErrorCode.Forbidden, $"user {id} cannot be deleted: it is the built-in administrator or yourself");

    public static RegistryException WrongPassword() => new(ErrorCode.Forbidden, "Current password is incorrect");

    public static RegistryException SamePassword() => new(ErrorCode.BadRequest, "the new password must differ from the current one");

    public static RegistryException RegistrationNeedsBrowser() => new(ErrorCode.Forbidden, "people register themselves in the portal, not by the API");

    public static RegistryException NoLocalUsers() => new(ErrorCode.Forbidden, "users come from another system: local ones cannot be made or changed");

    public static RegistryException NoSystemAdmin() => new(ErrorCode.Precondition, "there is no system administrator");

    public static RegistryException NotAUser() => new(ErrorCode.Precondition, "the caller is not a user");
}
