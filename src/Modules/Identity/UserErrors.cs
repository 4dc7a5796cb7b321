using Harbor.Oci;

namespace Harbor.Modules.Identity;

public static class UserErrors
{
    public static RegistryException NotFound(long id) => new(ErrorCode.NotFound, $"user {id} not found");

    public static RegistryException Exists() => new(ErrorCode.Conflict, "the username or the email is taken");

    public static RegistryException Undeletable(long id) => new(ErrorCode.Forbidden, $"user {id} cannot be deleted: it is the built-in administrator or yourself");

    public static RegistryException LastAdministrator() =>
        new(ErrorCode.Precondition, "this is the last system administrator who can sign in: make another one first");

    public static RegistryException NoSingleSignOn() => new(ErrorCode.Precondition, "a CLI secret is of use only where auth_mode is oidc_auth");

    public static RegistryException NotOnboarded(long id) => new(ErrorCode.NotFound, $"user {id} did not come by the single sign-on and has no CLI secret");

    public static RegistryException WrongPassword() => new(ErrorCode.Forbidden, "Current password is incorrect");

    public static RegistryException SamePassword() => new(ErrorCode.BadRequest, "the new password must differ from the current one");

    public static RegistryException RegistrationNeedsBrowser() => new(ErrorCode.Forbidden, "people register themselves in the portal, not by the API");

    public static RegistryException NoLocalUsers() => new(ErrorCode.Forbidden, "users come from another system: local ones cannot be made or changed");

    public static RegistryException NoSystemAdmin() => new(ErrorCode.Precondition, "there is no system administrator");

    public static RegistryException NotAUser() => new(ErrorCode.Precondition, "the caller is not a user");
}
