using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Access.Auditing;
using Harbor.Modules.Configuration;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.Identity;

/// <summary>Users. Harbor API tag <c>user</c>.</summary>
internal static class UserEndpoints
{
    public static void MapUsers(this RouteGroupBuilder api)
    {
        var users = api.MapGroup("/users").WithTags("user");
        users.MapGet("/", List).WithName("listUsers").RequireSystem(Resource.User, AccessAction.List);
        users.MapPost("/", Create).WithName("createUser").AllowAnyone()
            .Audited("create", "user", AuditSubjects.Body<UserCreationRequest>(body => body.Username));
        users.MapGet("/search", Search).WithName("searchUsers").RequireAuthenticated();
        users.MapGet("/current", GetCurrent).WithName("getCurrentUserInfo").RequireAuthenticated();
        users.MapGet("/current/permissions", GetPermissions).WithName("getCurrentUserPermissions").RequireAuthenticated();

        var user = users.MapGroup(UserRoute.Path);
        user.MapGet("/", Get).WithName("getUser").RequireAuthenticated();
        user.MapPut("/", UpdateProfile).WithName("updateUserProfile").RequireAuthenticated().Audited("update", "user", NameAsync);
        user.MapDelete("/", Delete).WithName("deleteUser").RequireSystem(Resource.User, AccessAction.Delete).Audited("delete", "user", NameAsync);
        user.MapPut("/password", UpdatePassword).WithName("updateUserPassword").RequireAuthenticated()
            .Audited("update", "user", NameAsync, more: "change user password");
        user.MapPut("/cli_secret", SetCliSecret).WithName("setCliSecret").RequireAuthenticated().Audited("update", "user", NameAsync, more: "change user's CLI secret");
        user.MapPut("/sysadmin", SetSysAdmin).WithName("setUserSysAdmin").RequireSystem(Resource.User, AccessAction.Update)
            .Audited("update", "user", NameAsync, more: "change user's system administrator flag");
    }

    /// <summary>Frees the name <c>admin</c> for a user of another system. Only its bearer can.</summary>
    public static void MapRenameAdmin(this IEndpointRouteBuilder routes) => routes.MapPost("/api/internal/renameadmin", RenameAdmin).RequireAuthenticated();

    private static async Task<PageResult<UserDto>> List(
        FilterQuery q, SortQuery sort, PageRequest page, HttpContext http, UserListing listing, CancellationToken ct) =>
        new(page, (await listing.ListAsync(UserListParameters.AddTo(q, http), sort, page, ct)).Select(user => Show(user, http.Security())));

    private static async Task<CreatedAnswer> Create(JsonBody<UserCreationRequest> userReq, HttpContext http, Registrations registrations, CancellationToken ct) =>
        new($"{await registrations.AddAsync(userReq.Value, http.Security(), SessionCookie.Find(http.Request) is not null, ct)}");

    private static async Task<PageResult<UserSearchItemDto>> Search(UserSearchParameters parameters, PageRequest page, UserListing listing, CancellationToken ct) =>
        new(page, (await listing.SearchAsync(parameters.Username, page, ct)).Select(user => new UserSearchItemDto { UserId = user.Id, Username = user.Username }));

    private static async Task<JsonAnswer<UserDto>> GetCurrent(SecurityContext caller, Users users, CancellationToken ct) =>
        JsonAnswer.Of(Show(await users.GetAsync(caller.UserId ?? throw UserErrors.NotAUser(), ct), caller));

    private static async Task<JsonAnswer<IReadOnlyList<PermissionDto>>> GetPermissions(
        PermissionParameters parameters, SecurityContext caller, HeldPermissions held, CancellationToken ct) =>
        JsonAnswer.Of(await held.ListAsync(caller, parameters.Scope, parameters.Relative, ct));

    private static async Task<JsonAnswer<UserDto>> Get(UserRoute route, SecurityContext caller, Users users, CancellationToken ct)
    {
        RequireSelfOr(AccessAction.Read, caller, route.Id);
        return JsonAnswer.Of(Show(await users.GetAsync(route.Id, ct), caller));
    }

    private static async Task<Ok> UpdateProfile(
        UserRoute route, JsonBody<UserProfileRequest> profile, SecurityContext caller, Users users, Registrations registrations, CancellationToken ct)
    {
        RequireSelfOr(AccessAction.Update, caller, route.Id);
        await registrations.CheckChangeableAsync(route.Id, caller, ct);
        await users.GetAsync(route.Id, ct);   // a missing user is missing, whatever is said of him
        var given = profile.Value;
        await users.UpdateProfileAsync(caller, route.Id, UserProfile.From(given.Email, given.Realname, given.Comment), ct);
        return TypedResults.Ok();
    }

    private static async Task<Ok> UpdatePassword(
        UserRoute route, JsonBody<PasswordRequest> password, HttpContext http, PasswordChanges changes, Registrations registrations, CancellationToken ct)
    {
        var caller = http.Security();
        RequireSelfOr(AccessAction.Update, caller, route.Id);
        await registrations.CheckChangeableAsync(route.Id, caller, ct);
        var (old, next) = (password.Value.OldPassword ?? string.Empty, password.Value.NewPassword ?? string.Empty);
        await changes.ChangeAsync(caller, route.Id, caller.UserId == route.Id ? old : null, next, SignInOrigin.Of(http), SessionCookie.Find(http.Request), ct);
        return TypedResults.Ok();
    }

    /// <summary>The secret that a user of the single sign-on gives to docker and its kin in place of a password.</summary>
    private static async Task<Ok> SetCliSecret(
        UserRoute route, JsonBody<CliSecretRequest> secret, SecurityContext caller, Users users, Settings settings, CancellationToken ct)
    {
        RequireSelfOr(AccessAction.Update, caller, route.Id);
        if (await settings.AuthModeAsync(ct) != "oidc_auth")
        {
            throw UserErrors.NoSingleSignOn();
        }

        if (!string.IsNullOrEmpty(secret.Value.Secret))
        {
            PasswordRule.Check(secret.Value.Secret);
        }

        var user = await users.GetAsync(route.Id, ct);
        throw UserErrors.NotOnboarded(user.Id);   // those who have such a secret came by the single sign-on, and nobody has
    }

    private static async Task<Ok> SetSysAdmin(UserRoute route, JsonBody<SysAdminRequest> sysadmin_flag, SecurityContext caller, Users users, CancellationToken ct)
    {
        await users.SetSystemAdminAsync(caller, route.Id, sysadmin_flag.Value.SysadminFlag ?? false, ct);
        return TypedResults.Ok();
    }

    private static async Task<Ok> RenameAdmin(SecurityContext caller, Users users, CancellationToken ct)
    {
        if (caller.UserId != User.AdminId || !caller.IsSystemAdmin)
        {
            throw AccessErrors.RefusedInSystem(caller);
        }

        await users.RenameAdminAsync(caller, ct);
        return TypedResults.Ok();
    }

    private static async Task<Ok> Delete(UserRoute route, SecurityContext caller, Users users, CancellationToken ct)
    {
        if (route.Id == User.AdminId || route.Id == caller.UserId)
        {
            throw UserErrors.Undeletable(route.Id);
        }

        await users.DeleteAsync(caller, route.Id, ct);
        return TypedResults.Ok();
    }

    // The name of the user that the route is about; the number when nobody has it.
    private static async ValueTask<string?> NameAsync(HttpContext http, CancellationToken ct)
    {
        var given = http.GetRouteValue("user_id") as string;
        return long.TryParse(given, out var id) && await http.RequestServices.GetRequiredService<Users>().FindAsync(id, ct) is { } user ? user.Username : given;
    }

    private static void RequireSelfOr(AccessAction action, SecurityContext caller, long userId)
    {
        if (caller.UserId != userId && !caller.Can(Resource.User, action))
        {
            throw AccessErrors.RefusedInSystem(caller);
        }
    }

    private static UserDto Show(User user, SecurityContext caller) => new()
    {
        UserId = user.Id,
        Username = user.Username,
        Email = user.Email,
        Realname = user.RealName,
        Comment = user.Comment,
        SysadminFlag = user.IsSystemAdmin,
        AdminRoleInAuth = caller.UserId == user.Id && caller.IsAdminBySignIn,
        CreationTime = user.CreationTime,
        UpdateTime = user.UpdateTime,
    };
}
