using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Artifacts.Deletion;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Artifacts;

/// <summary>Repositories. Harbor API tag <c>repository</c>.</summary>
internal static class RepositoryEndpoints
{
    public static void MapRepositories(this RouteGroupBuilder api)
    {
        api.MapGet("/repositories", ListAll).WithTags("repository").WithName("listAllRepositories").AllowAnyone();

        var repositories = api.MapGroup("/projects/{project_name}/repositories").WithTags("repository");
        repositories.MapGet("/", List).WithName("listRepositories").Require(Resource.Repository, AccessAction.List);
        repositories.MapGet("/{repository_name}", Get).WithName("getRepository").Require(Resource.Repository, AccessAction.Read);
        repositories.MapPut("/{repository_name}", Update).WithName("updateRepository").Require(Resource.Repository, AccessAction.Update);
        repositories.MapDelete("/{repository_name}", Delete).WithName("deleteRepository").Require(Resource.Repository, AccessAction.Delete);
    }

    private static async Task<PageResult<RepositoryDto>> ListAll(
        FilterQuery q, SortQuery sort, PageRequest page, HttpContext http, RepositoryListing listing, CancellationToken ct) =>
        new(page, await listing.ListAsync(await VisibleProjects.InsideAsync(http.Security(), ct), q, sort, page, ct));

    private static async Task<PageResult<RepositoryDto>> List(
        ProjectScope project, FilterQuery q, SortQuery sort, PageRequest page, RepositoryListing listing, CancellationToken ct) =>
        new(page, await listing.ListAsync(project, q, sort, page, ct));

    private static async Task<JsonAnswer<RepositoryDto>> Get(ProjectScope project, RepositoryPath path, RepositoryListing listing, CancellationToken ct)
    {
        var found = path.In(project.Name) is { } name ? await listing.FindAsync(project, name.Value, ct) : null;
        return JsonAnswer.Of(found ?? throw ContentErrors.RepositoryNotFound($"{project.Name}/{path.Name}"));
    }

    private static async Task<Ok> Update(
        ProjectScope project, RepositoryPath path, JsonBody<RepositoryRequest> repository, RepositoryChanges changes, CancellationToken ct)
    {
        var name = path.In(project.Name) ?? throw ContentErrors.RepositoryNotFound($"{project.Name}/{path.Name}");
        await changes.DescribeAsync(project, name.Value, repository.Value.Description ?? string.Empty, ct);
        return TypedResults.Ok();
    }
    private static async Task<Ok> Delete(ProjectScope project, RepositoryPath path, ArtifactDeletion deletions, CancellationToken ct)
    {
        var name = path.In(project.Name) ?? throw ContentErrors.RepositoryNotFound($"{project.Name}/{path.Name}");
        await deletions.DeleteRepositoryAsync(RepositoryScope.In(project, name), "api", ct);
        return TypedResults.Ok();
    }
}
