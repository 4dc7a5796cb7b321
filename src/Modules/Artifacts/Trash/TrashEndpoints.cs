using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Artifacts.Collection;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Artifacts.Trash;

/// <summary>What was deleted and can be restored. Harbor has none of this; docs/trash.md tells of it.</summary>
/// <remarks>Who may delete artifacts may look at what was deleted, and who may create them as well may take it back.</remarks>
internal static class TrashEndpoints
{
    public static void MapTrash(this RouteGroupBuilder api)
    {
        var trash = api.MapGroup("/projects/{project_name_or_id}/trash").WithTags("trash").WithMetadata(new ApiParameter("X-Is-Resource-Name", "header", "boolean", Default: false));
        trash.MapGet("/", List).WithName("listDeletions").Require(Resource.Artifact, AccessAction.List).Require(Resource.Artifact, AccessAction.Delete);
        trash.MapGet("/{deletion_id}", Get).WithName("getDeletion").Require(Resource.Artifact, AccessAction.List).Require(Resource.Artifact, AccessAction.Delete);
        trash.MapPost("/{deletion_id}/restore", Restore).WithName("restoreDeletion").Require(Resource.Artifact, AccessAction.Create).Require(Resource.Artifact, AccessAction.Delete);
        api.MapDelete("/system/trash", Empty).WithTags("trash").WithName("emptyTrash").RequireSystem(Resource.GarbageCollection, AccessAction.Create);
    }

    private static async Task<PageResult<DeletionDto>> List(
        ProjectScope project, FilterQuery q, SortQuery sort, PageRequest page, TrashListing listing, CancellationToken ct) =>
        new(page, await listing.ListAsync(project, q, sort, page, ct));

    private static async Task<JsonAnswer<DeletionDto>> Get(ProjectScope project, DeletionPath path, TrashListing listing, CancellationToken ct) =>
        JsonAnswer.Of(await listing.FindAsync(project, path.Id, ct) ?? throw ContentErrors.DeletionNotFound(path.Id));

    private static async Task<JsonAnswer<RestoredDto>> Restore(ProjectScope project, DeletionPath path, Restoration restoration, CancellationToken ct) =>
        JsonAnswer.Of(await restoration.RestoreAsync(project, path.Id, ct));

    private static async Task<JsonAnswer<TrashEmptiedDto>> Empty(EmptyingParameters parameters, GarbageCollector collector, CancellationToken ct) =>
        JsonAnswer.Of(new TrashEmptiedDto { DeletionCount = await collector.EmptyTrashAsync(parameters.Age, ct) });
}

internal sealed record DeletionPath(long Id) : IApiParameters<DeletionPath>
{
    private static readonly ApiParameter IdParameter = ApiParameter.PathNumber("deletion_id");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [IdParameter];

    public static DeletionPath Read(HttpContext http) => new(IdParameter.ReadNumber(http));
}

/// <param name="Age">How long ago it must have been deleted.</param>
internal sealed record EmptyingParameters(TimeSpan Age) : IApiParameters<EmptyingParameters>
{
    private const long MaxHours = 1_000_000;

    private static readonly ApiParameter Hours = ApiParameter.Number("older_than_hours", standard: 0, maximum: MaxHours);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [Hours];

    public static EmptyingParameters Read(HttpContext http) => new(TimeSpan.FromHours(Math.Max(0, Hours.ReadNumber(http))));
}
