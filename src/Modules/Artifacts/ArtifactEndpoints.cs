using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Artifacts;

/// <summary>Artifacts, their tags and accessories. Harbor API tag <c>artifact</c>.</summary>
internal static class ArtifactEndpoints
{
    private static readonly ApiParameter NameHeader = new("X-Is-Resource-Name", "header", "boolean", Default: false);

    public static void MapArtifacts(this RouteGroupBuilder api)
    {
        api.MapGet("/projects/{project_name_or_id}/artifacts", ListOfProject).WithTags("project").WithName("listArtifactsOfProject")
            .WithMetadata(NameHeader).RequireAuthenticated().Require(Resource.Artifact, AccessAction.List);

        var artifacts = api.MapGroup("/projects/{project_name}/repositories/{repository_name}/artifacts").WithTags("artifact");
        artifacts.MapGet("/", List).WithName("listArtifacts").Require(Resource.Artifact, AccessAction.List);
        artifacts.MapGet("/{reference}", Get).WithName("getArtifact").WithMetadata(ApiParameter.Flag("with_signature", standard: false))
            .Require(Resource.Artifact, AccessAction.Read);
        artifacts.MapGet("/{reference}/tags", ListTags).WithName("listTags").WithMetadata(ApiParameter.Flag("with_immutable_status", standard: false))
            .Require(Resource.Tag, AccessAction.List);
        artifacts.MapGet("/{reference}/accessories", ListAccessories).WithName("listAccessories").Require(Resource.Accessory, AccessAction.List);
    }

    private static async Task<PageResult<ArtifactDto>> List(
        ProjectScope project, RepositoryPath path, FilterQuery q, SortQuery sort, PageRequest page, ArtifactDetail detail, ArtifactListing listing, CancellationToken ct) =>
        new(page, await listing.ListAsync(project, path.In(project.Name), q, sort, page, detail, ct));

    private static async Task<PageResult<ArtifactDto>> ListOfProject(
        ProjectScope project, ProjectArtifactParameters parameters, FilterQuery q, SortQuery sort, PageRequest page, ArtifactDetail detail, ArtifactListing listing,
        CancellationToken ct) =>
        new(page, await listing.ListAsync(project, parameters.LatestInRepository, q, sort, page, detail, ct));

    // The page is part of the contract and means nothing here.
    private static async Task<JsonAnswer<ArtifactDto>> Get(
        ProjectScope project, ArtifactPath path, PageRequest page, ArtifactDetail detail, ArtifactListing listing, CancellationToken ct) =>
        JsonAnswer.Of(await listing.GetAsync(project, path.In(project.Name), path.Reference, detail, ct));

    private static async Task<PageResult<TagDto>> ListTags(
        ProjectScope project, ArtifactPath path, FilterQuery q, SortQuery sort, PageRequest page, ArtifactListing artifacts, TagListing tags, CancellationToken ct)
    {
        var artifact = await artifacts.GetAsync(project, path.In(project.Name), path.Reference, ArtifactDetail.None, ct);
        return new(page, await tags.ListAsync(artifact, q, sort, page, ct));
    }

    private static async Task<PageResult<AccessoryDto>> ListAccessories(
        ProjectScope project, ArtifactPath path, FilterQuery q, SortQuery sort, PageRequest page, ArtifactListing artifacts, AccessoryListing accessories, CancellationToken ct)
    {
        var artifact = await artifacts.GetAsync(project, path.In(project.Name), path.Reference, ArtifactDetail.None, ct);
        return new(page, await accessories.ListAsync(artifact, q, sort, page, ct));
    }
}
