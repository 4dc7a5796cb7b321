using Harbor.Contracts;
using Harbor.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Access;

/// <summary>What may be granted to robots. Harbor API tag <c>permissions</c>.</summary>
public static class PermissionEndpoints
{
    public static void MapPermissions(this RouteGroupBuilder api) =>
        api.MapGet("/permissions", GetAsync).WithTags("permissions").WithName("getPermissions").RequireAuthenticated();

    /// <summary>Both catalogues for system administrators; that of projects alone for whoever administers one.</summary>
    private static async Task<JsonAnswer<PermissionsDto>> GetAsync(HttpContext http, CancellationToken ct)
    {
        var caller = http.Security();
        if (caller.IsSystemAdmin)
        {
            return JsonAnswer.Of(new PermissionsDto { System = Show(RobotCatalogue.System), Project = Show(RobotCatalogue.Project) });
        }

        var administers = (await caller.RolesAsync(ct)).Values.Any(roles => roles.Contains(Role.ProjectAdmin));
        return administers ? JsonAnswer.Of(new PermissionsDto { Project = Show(RobotCatalogue.Project) }) : throw AccessErrors.RefusedInSystem(caller);
    }

    private static PermissionDto[] Show(IEnumerable<Permission> permissions) =>
        [.. permissions
            .Select(permission => new PermissionDto { Resource = permission.Resource.Text, Action = permission.Action.Text })
            .OrderBy(permission => permission.Resource, StringComparer.Ordinal).ThenBy(permission => permission.Action, StringComparer.Ordinal)];
}
