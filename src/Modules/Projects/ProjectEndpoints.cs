using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Access.Auditing;
using Harbor.Modules.Artifacts;
using Harbor.Modules.Configuration;
using Harbor.Modules.Identity;
using Harbor.Modules.Projects.Members;
using Harbor.Modules.Quotas;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Projects;

/// <summary>Projects. Harbor API tag <c>project</c>.</summary>
internal static class ProjectEndpoints
{
    public static void MapProjects(this RouteGroupBuilder api)
    {
        var projects = api.MapGroup("/projects").WithTags("project");
        projects.MapGet("/", List).WithName("listProjects").AllowAnyone();
        projects.MapMethods("/", [HttpMethods.Head], Head).WithName("headProject").RequireAuthenticated();
        projects.MapPost("/", Create).WithName("createProject").RequireAuthenticated();

        var project = projects.MapGroup(ProjectRoutes.ByNameOrId).WithMetadata(ProjectRoutes.NameHeader);
        project.MapGet("/", Get).WithName("getProject").Require(Resource.Self, AccessAction.Read);
        project.MapPut("/", Update).WithName("updateProject").Require(Resource.Self, AccessAction.Update).AuditedInProject("update");
        project.MapDelete("/", Delete).WithName("deleteProject").Require(Resource.Self, AccessAction.Delete);
        project.MapGet("/_deletable", GetDeletable).WithName("getProjectDeletable").Require(Resource.Self, AccessAction.Delete);
        project.MapGet("/summary", GetSummary).WithName("getProjectSummary").Require(Resource.Self, AccessAction.Read);
    }

    private static async Task<PageResult<ProjectDto>> List(
        ProjectListParameters parameters, FilterQuery q, SortQuery sort, PageRequest page, HttpContext http, ProjectListing listing, CancellationToken ct) =>
        new(page, await listing.ListAsync(http.Security(), q.And(parameters.Filter), sort, page, parameters.WithDetail, ct));

    private static async Task<Ok> Head(HeadProjectParameters parameters, IProjectDirectory projects, CancellationToken ct) =>
        await projects.FindAsync(parameters.ProjectName, ct) is not null ? TypedResults.Ok() : throw ProjectErrors.NotFound(parameters.ProjectName);

    private static async Task<CreatedAnswer> Create(
        JsonBody<ProjectRequest> project, CreateProjectParameters parameters, HttpContext http, Settings settings, Users users, ProjectChanges changes,
        CancellationToken ct)
    {
        var caller = http.Security();
        var request = NewProject.From(project.Value, caller, await settings.GetAsync(ct));
        var owner = request.OwnerId ?? await users.GetFirstSystemAdminAsync(ct);
        var id = await changes.AddAsync(caller, request.Name, owner, request.Metadata, request.Quota, ct);
        return new CreatedAnswer(parameters.NameInLocation ? request.Name : $"{id}");
    }

    private static async Task<JsonAnswer<ProjectDto>> Get(ProjectScope project, ProjectListing listing, CancellationToken ct) =>
        JsonAnswer.Of(await listing.FindAsync(project, ct) ?? throw ProjectErrors.NotFound(project.Name));

    private static async Task<Ok> Update(ProjectScope scope, JsonBody<ProjectRequest> project, ProjectChanges changes, CancellationToken ct)
    {
        var request = project.Value;
        var allowlist = request.CveAllowlist is { } list ? CveAllowlist.From(list, scope.Id) : null;
        await changes.UpdateAsync(scope, ProjectMetadata.ToStored(request.Metadata), allowlist, ct);
        return TypedResults.Ok();
    }

    private static async Task<Ok> Delete(ProjectScope project, ProjectChanges changes, CancellationToken ct)
    {
        await changes.DeleteAsync(project, ct);
        return TypedResults.Ok();
    }

    private static async Task<JsonAnswer<ProjectDeletableDto>> GetDeletable(ProjectScope project, RepositoryCounts repositories, CancellationToken ct) =>
        JsonAnswer.Of(await repositories.OfProjectAsync(project.Id, ct) == 0
            ? new ProjectDeletableDto { Deletable = true }
            : new ProjectDeletableDto { Message = ProjectErrors.HasRepositories });

    private static async Task<JsonAnswer<ProjectSummaryDto>> GetSummary(
        ProjectScope project, RepositoryCounts repositories, ProjectMembers members, ProjectQuotas quotas, Settings settings, CancellationToken ct)
    {
        var counts = await project.CanAsync(Resource.Member, AccessAction.List, ct) ? await members.CountByRoleAsync(project, ct) : null;
        var showsQuota = (await settings.GetAsync(ct)).Get(KnownSettings.QuotaPerProjectEnable) && await project.CanAsync(Resource.Quota, AccessAction.Read, ct);
        var quota = showsQuota ? await quotas.FindAsync(project.Id, ct) : null;
        return JsonAnswer.Of(new ProjectSummaryDto
        {
            RepoCount = await repositories.OfProjectAsync(project.Id, ct),
            ProjectAdminCount = counts?.GetValueOrDefault(Role.ProjectAdmin) ?? 0,
            MaintainerCount = counts?.GetValueOrDefault(Role.Maintainer) ?? 0,
            DeveloperCount = counts?.GetValueOrDefault(Role.Developer) ?? 0,
            GuestCount = counts?.GetValueOrDefault(Role.Guest) ?? 0,
            LimitedGuestCount = counts?.GetValueOrDefault(Role.LimitedGuest) ?? 0,
            Quota = quota is null ? null : new ProjectQuotaDto { Hard = Storage(quota.Hard), Used = Storage(quota.Used) },
        });
    }

    private static Dictionary<string, long> Storage(long bytes) => new() { ["storage"] = bytes };
}
