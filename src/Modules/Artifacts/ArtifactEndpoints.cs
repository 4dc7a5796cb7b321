using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Artifacts.Additions;
using Harbor.Modules.Artifacts.Copying;
using Harbor.Modules.Artifacts.Deletion;
using Harbor.Modules.Artifacts.Labelling;
using Harbor.Modules.Artifacts.Tags;
using Harbor.Modules.Immutability;
using Harbor.Oci;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Artifacts;

/// <summary>Artifacts, their tags, labels and accessories. Harbor API tag <c>artifact</c>.</summary>
internal static class ArtifactEndpoints
{
    // Kept with what is deleted: who asked for it came by this way.
    private const string Reason = "api";

    private static readonly ApiParameter NameHeader = new("X-Is-Resource-Name", "header", "boolean", Default: false);

    public static void MapArtifacts(this RouteGroupBuilder api)
    {
        api.MapGet("/projects/{project_name_or_id}/artifacts", ListOfProject).WithTags("project").WithName("listArtifactsOfProject")
            .WithMetadata(NameHeader).RequireAuthenticated().Require(Resource.Artifact, AccessAction.List);

        var artifacts = api.MapGroup("/projects/{project_name}/repositories/{repository_name}/artifacts").WithTags("artifact");
        artifacts.MapGet("/", List).WithName("listArtifacts").Require(Resource.Artifact, AccessAction.List);
        artifacts.MapGet("/{reference}", Get).WithName("getArtifact").WithMetadata(ApiParameter.Flag("with_signature", standard: false))
            .Require(Resource.Artifact, AccessAction.Read);
        artifacts.MapPost("/", Copy).WithName("CopyArtifact").Require(Resource.Artifact, AccessAction.Create);
        artifacts.MapDelete("/{reference}", Delete).WithName("deleteArtifact").Require(Resource.Artifact, AccessAction.Delete);
        artifacts.MapGet("/{reference}/tags", ListTags).WithName("listTags").Require(Resource.Tag, AccessAction.List);
        artifacts.MapPost("/{reference}/tags", CreateTag).WithName("createTag").Require(Resource.Tag, AccessAction.Create);
        artifacts.MapDelete("/{reference}/tags/{tag_name}", DeleteTag).WithName("deleteTag").Require(Resource.Tag, AccessAction.Delete);
        artifacts.MapPost("/{reference}/labels", AddLabel).WithName("addLabel").Require(Resource.ArtifactLabel, AccessAction.Create);
        artifacts.MapDelete("/{reference}/labels/{label_id}", RemoveLabel).WithName("removeLabel").Require(Resource.ArtifactLabel, AccessAction.Delete);
        artifacts.MapGet("/{reference}/accessories", ListAccessories).WithName("listAccessories").Require(Resource.Accessory, AccessAction.List);
        artifacts.MapGet("/{reference}/additions/{addition}", GetAddition).WithName("getAddition").Produces<string>().Require(Resource.ArtifactAddition, AccessAction.Read);
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
        ProjectScope project, ArtifactPath path, FilterQuery q, SortQuery sort, PageRequest page, TagDetail detail, ArtifactListing artifacts, TagListing tags,
        ImmutabilityDirectory immutability, CancellationToken ct)
    {
        var repository = path.In(project.Name);
        var artifact = await artifacts.GetAsync(project, repository, path.Reference, ArtifactDetail.None, ct);
        var rules = detail.ImmutableStatus ? await immutability.OfAsync(project, ct) : null;
        return new(page, await tags.ListAsync(artifact, repository, rules, q, sort, page, ct));
    }

    private static async Task<Created> CreateTag(ProjectScope project, ArtifactPath path, JsonBody<NewTagRequest> tag, TagChanges tags, CancellationToken ct)
    {
        var name = Tag.TryParse(tag.Value.Name, out var parsed) ? parsed : throw ContentErrors.InvalidTagName(tag.Value.Name);
        await tags.AddAsync(path.ScopeIn(project), path.Reference, name, ct);
        return TypedResults.Created();
    }

    private static async Task<Ok> DeleteTag(ProjectScope project, ArtifactPath path, TagPath tag, TagChanges tags, CancellationToken ct)
    {
        await tags.DeleteAsync(path.ScopeIn(project), path.Reference, tag.Name, Reason, ct);
        return TypedResults.Ok();
    }

    private static async Task<Ok> Delete(ProjectScope project, ArtifactPath path, ArtifactDeletion deletions, CancellationToken ct)
    {
        await deletions.DeleteAsync(path.ScopeIn(project), path.Reference, Reason, ct);
        return TypedResults.Ok();
    }

    private static async Task<Created> Copy(
        ProjectScope project, RepositoryPath path, CopyParameters parameters, IProjectDirectory projects, ArtifactCopy copies, HttpContext http, CancellationToken ct)
    {
        var target = RepositoryScope.In(project, path.In(project.Name) ?? throw ContentErrors.InvalidRepositoryName($"{project.Name}/{path.Name}"));
        var from = CopySource.Parse(parameters.From);
        var owner = await projects.FindAsync(from.Name.Project, ct) ?? throw AccessErrors.NoSuchProject(project.Security, from.Name.Project);
        var source = await RepositoryScope.AuthorizeAsync(project.Security, owner, from.Name, Resource.Artifact, AccessAction.Read, ct)
            ?? throw AccessErrors.Refused(project.Security);
        await copies.CopyAsync(source, from.Reference, target, ct);

        // The colon of a digest stays as it is, as Harbor writes it.
        return TypedResults.Created($"{http.Request.Path.ToUriComponent().TrimEnd('/')}/{from.Reference}");
    }

    private static async Task<Ok> AddLabel(ProjectScope project, ArtifactPath path, JsonBody<LabelRequest> label, ArtifactLabels labels, CancellationToken ct)
    {
        await labels.AddAsync(path.ScopeIn(project), path.Reference, label.Value.Id, ct);
        return TypedResults.Ok();
    }

    private static async Task<Ok> RemoveLabel(ProjectScope project, ArtifactPath path, ArtifactLabelPath label, ArtifactLabels labels, CancellationToken ct)
    {
        await labels.RemoveAsync(path.ScopeIn(project), path.Reference, label.Id, ct);
        return TypedResults.Ok();
    }

    private static async Task<PageResult<AccessoryDto>> ListAccessories(
        ProjectScope project, ArtifactPath path, FilterQuery q, SortQuery sort, PageRequest page, ArtifactListing artifacts, AccessoryListing accessories, CancellationToken ct)
    {
        var artifact = await artifacts.GetAsync(project, path.In(project.Name), path.Reference, ArtifactDetail.None, ct);
        return new(page, await accessories.ListAsync(artifact, q, sort, page, ct));
    }

    private static async Task<IResult> GetAddition(ProjectScope project, ArtifactPath path, AdditionPath part, ArtifactAdditions additions, CancellationToken ct) =>
        await additions.GetAsync(project, path.In(project.Name), path.Reference, part.Name, ct);
}
