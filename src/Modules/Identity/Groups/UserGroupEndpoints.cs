using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Identity.Groups;

/// <summary>User groups. Harbor API tag <c>usergroup</c>.</summary>
internal static class UserGroupEndpoints
{
    public static void MapUserGroups(this RouteGroupBuilder api)
    {
        var groups = api.MapGroup("/usergroups").WithTags("usergroup");
        groups.MapGet("/", List).WithName("listUserGroups").RequireSystem(Resource.UserGroup, AccessAction.List);
        groups.MapPost("/", Create).WithName("createUserGroup").RequireSystem(Resource.UserGroup, AccessAction.Create);
        groups.MapGet("/search", Search).WithName("searchUserGroups").RequireAuthenticated();
        groups.MapGet(UserGroupRoute.Path, Get).WithName("getUserGroup").RequireSystem(Resource.UserGroup, AccessAction.Read);
        groups.MapPut(UserGroupRoute.Path, Update).WithName("updateUserGroup").RequireSystem(Resource.UserGroup, AccessAction.Update);
        groups.MapDelete(UserGroupRoute.Path, Delete).WithName("deleteUserGroup").RequireSystem(Resource.UserGroup, AccessAction.Delete);
    }

    private static async Task<PageResult<UserGroupDto>> List(
        UserGroupListParameters parameters, PageRequest page, UserGroupListing listing, CancellationToken ct) =>
        new(page, (await listing.ListAsync(parameters.Name, parameters.DistinguishedName, page, ct)).Select(Show));

    private static async Task<CreatedAnswer> Create(OptionalJsonBody<UserGroupRequest> usergroup, UserGroups groups, CancellationToken ct)
    {
        var given = usergroup.Value;
        return new($"{await groups.AddAsync(given?.GroupName, given?.GroupType, given?.LdapGroupDn, ct)}");
    }

    private static async Task<PageResult<UserGroupSearchItemDto>> Search(
        UserGroupSearchParameters parameters, PageRequest page, UserGroupListing listing, CancellationToken ct) =>
        new(page, (await listing.SearchAsync(parameters.Name, page, ct)).Select(
            group => new UserGroupSearchItemDto { Id = group.Id, GroupName = group.Name, GroupType = (int)group.Type }));

    private static async Task<JsonAnswer<UserGroupDto>> Get(UserGroupRoute route, UserGroups groups, CancellationToken ct)
    {
        var group = await groups.FindAsync(route.Id, ct) ?? throw UserGroupErrors.NotFound(route.Id);
        return JsonAnswer.Of(Show(group) with { Id = 0 });   // who asks for one knows its id: Harbor leaves it out
    }

    private static async Task<Ok> Update(UserGroupRoute route, OptionalJsonBody<UserGroupRequest> usergroup, UserGroups groups, CancellationToken ct)
    {
        await groups.RenameAsync(route.Id, usergroup.Value?.GroupName, ct);
        return TypedResults.Ok();
    }

    private static async Task<Ok> Delete(UserGroupRoute route, UserGroups groups, CancellationToken ct)
    {
        await groups.DeleteAsync(route.Id, ct);
        return TypedResults.Ok();
    }

    private static UserGroupDto Show(UserGroup group) => new()
    {
        Id = group.Id,
        GroupName = group.Name,
        GroupType = (int)group.Type,
        LdapGroupDn = group.DistinguishedName,
    };
}
