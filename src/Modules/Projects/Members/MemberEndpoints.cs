using System.Globalization;
using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Access.Auditing;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.Projects.Members;

/// <summary>Members of a project. Harbor API tag <c>member</c>.</summary>
internal static class MemberEndpoints
{
    public static void MapMembers(this RouteGroupBuilder api)
    {
        var members = api.MapGroup($"/projects{ProjectRoutes.ByNameOrId}/members").WithTags("member").WithMetadata(ProjectRoutes.NameHeader);
        members.MapGet("/", List).WithName("listProjectMembers").Require(Resource.Member, AccessAction.List);
        members.MapPost("/", Create).WithName("createProjectMember").Require(Resource.Member, AccessAction.Create)
            .Audited("create", "member", AuditSubjects.Body<ProjectMemberRequest>(NameOf));
        members.MapGet("/{mid}", Get).WithName("getProjectMember").Require(Resource.Member, AccessAction.Read);
        members.MapPut("/{mid}", Update).WithName("updateProjectMember").Require(Resource.Member, AccessAction.Update)
            .Audited("update", "member", NameAsync);
        members.MapDelete("/{mid}", Delete).WithName("deleteProjectMember").Require(Resource.Member, AccessAction.Delete)
            .Audited("delete", "member", NameAsync);
    }

    private static async Task<PageResult<ProjectMemberDto>> List(
        ProjectScope project, MemberListParameters parameters, PageRequest page, ProjectMembers members, CancellationToken ct) =>
        new(page, await members.ListAsync(project, parameters.EntityName, page, ct));

    private static async Task<CreatedAnswer> Create(
        ProjectScope project, OptionalJsonBody<ProjectMemberRequest> project_member, ProjectMembers members, CancellationToken ct)
    {
        var request = project_member.Value ?? throw MemberErrors.NobodyNamed();
        return new CreatedAnswer($"{await members.AddAsync(project, NewMember.In(request), request.RoleId, ct)}");
    }

    private static async Task<JsonAnswer<ProjectMemberDto>> Get(ProjectScope project, MemberPath member, ProjectMembers members, CancellationToken ct) =>
        JsonAnswer.Of(await members.FindAsync(project, member.Id, ct) ?? throw MemberErrors.NotFound(member.Id));

    private static async Task<Ok> Update(
        ProjectScope project, MemberPath member, OptionalJsonBody<RoleRequest> role, ProjectMembers members, CancellationToken ct)
    {
        await members.UpdateAsync(project, member.Id, role.Value?.RoleId, ct);
        return TypedResults.Ok();
    }

    private static async Task<Ok> Delete(ProjectScope project, MemberPath member, ProjectMembers members, CancellationToken ct)
    {
        await members.DeleteAsync(project, member.Id, ct);
        return TypedResults.Ok();
    }

    private static string? NameOf(ProjectMemberRequest request) =>
        request.MemberUser?.Username ?? request.MemberGroup?.GroupName ?? request.MemberGroup?.LdapGroupDn
        ?? (request.MemberUser?.UserId ?? request.MemberGroup?.Id)?.ToString(CultureInfo.InvariantCulture);

    // The member's name, where the caller was let into the project; else the number that the route says.
    private static async ValueTask<string?> NameAsync(HttpContext http, CancellationToken ct)
    {
        var given = http.GetRouteValue("mid") as string;
        return http.Features.Get<ProjectScope>() is { } project && long.TryParse(given, out var id)
            && await http.RequestServices.GetRequiredService<ProjectMembers>().FindAsync(project, id, ct) is { } member
                ? member.EntityName
                : given;
    }
}
