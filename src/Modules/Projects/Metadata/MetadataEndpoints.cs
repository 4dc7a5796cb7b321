using Harbor.Modules.Access;
using Harbor.Modules.Access.Auditing;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Projects.Metadata;

/// <summary>The settings of a project one by one, as pairs of texts. Harbor API tag <c>projectMetadata</c>.</summary>
internal static class MetadataEndpoints
{
    public static void MapMetadata(this RouteGroupBuilder api)
    {
        var metadata = api.MapGroup($"/projects{ProjectRoutes.ByNameOrId}/metadatas").WithTags("projectMetadata").WithMetadata(ProjectRoutes.NameHeader);
        metadata.MapGet("/", List).WithName("listProjectMetadatas").Require(Resource.Metadata, AccessAction.List);
        metadata.MapPost("/", Add).WithName("addProjectMetadatas").Require(Resource.Metadata, AccessAction.Create).AuditedInProject("update");
        metadata.MapGet("/{meta_name}", Get).WithName("getProjectMetadata").Require(Resource.Metadata, AccessAction.Read);
        metadata.MapPut("/{meta_name}", Update).WithName("updateProjectMetadata").Require(Resource.Metadata, AccessAction.Update).AuditedInProject("update");
        metadata.MapDelete("/{meta_name}", Delete).WithName("deleteProjectMetadata").Require(Resource.Metadata, AccessAction.Delete).AuditedInProject("update");
    }

    private static async Task<JsonAnswer<IReadOnlyDictionary<string, string>>> List(ProjectScope project, ProjectSettings settings, CancellationToken ct) =>
        JsonAnswer.Of(await settings.ListAsync(project, ct));

    private static async Task<Ok> Add(
        ProjectScope project, OptionalJsonBody<IReadOnlyDictionary<string, string?>> metadata, ProjectSettings settings, CancellationToken ct)
    {
        await settings.AddAsync(project, MetadataPair.From(metadata.Value), ct);
        return TypedResults.Ok();
    }

    /// <summary>A key that is not set is no error, and nothing is shown.</summary>
    private static async Task<JsonAnswer<IReadOnlyDictionary<string, string>>> Get(
        ProjectScope project, MetadataPath path, ProjectSettings settings, CancellationToken ct) =>
        JsonAnswer.Of(await settings.FindAsync(project, path.Key, ct));

    private static async Task<Ok> Update(
        ProjectScope project, MetadataPath path, OptionalJsonBody<IReadOnlyDictionary<string, string?>> metadata, ProjectSettings settings, CancellationToken ct)
    {
        await settings.UpdateAsync(project, MetadataPair.From(metadata.Value, path.Key), ct);
        return TypedResults.Ok();
    }

    private static async Task<Ok> Delete(ProjectScope project, MetadataPath path, ProjectSettings settings, CancellationToken ct)
    {
        await settings.DeleteAsync(project, path.Key, ct);
        return TypedResults.Ok();
    }
}

internal sealed record MetadataPath(string Key) : IApiParameters<MetadataPath>
{
    private static readonly ApiParameter Name = new("meta_name", "path", "string", Required: true);

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [Name];

    public static MetadataPath Read(HttpContext http) => new(Name.ReadText(http) ?? string.Empty);
}
