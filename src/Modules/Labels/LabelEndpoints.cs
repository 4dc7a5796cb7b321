using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Labels;

/// <summary>Labels. Harbor API tag <c>label</c>. The level of a label decides who may do what, so each handler asks for itself.</summary>
internal static class LabelEndpoints
{
    private const string Global = "g";
    private const string OfProject = "p";

    public static void MapLabelEndpoints(this RouteGroupBuilder api)
    {
        var labels = api.MapGroup("/labels").WithTags("label");
        labels.MapGet("/", List).WithName("ListLabels").AllowAnyone();
        labels.MapPost("/", Create).WithName("CreateLabel").AllowAnyone();
        labels.MapGet("/{label_id}", Get).WithName("GetLabelByID").AllowAnyone();
        labels.MapPut("/{label_id}", Update).WithName("UpdateLabel").AllowAnyone();
        labels.MapDelete("/{label_id}", Delete).WithName("DeleteLabel").AllowAnyone();
    }

    private static async Task<PageResult<LabelDto>> List(
        LabelListParameters parameters, FilterQuery q, SortQuery sort, PageRequest page, SecurityContext security, IProjectDirectory projects, Labels labels,
        CancellationToken ct)
    {
        var level = ProjectIn(parameters.Scope, parameters.ProjectId) is { } project
            ? await LabelLevel.RequireAsync(security, projects, project, AccessAction.List, ct)
            : LabelLevel.ShownToAnyone;
        return new(page, await labels.ListAsync(level, q.And(parameters.Filter), sort, page, ct));
    }

    private static async Task<CreatedAnswer> Create(
        JsonBody<LabelRequest> label, SecurityContext security, IProjectDirectory projects, Labels labels, CancellationToken ct)
    {
        var project = ProjectIn(label.Value.Scope, label.Value.ProjectId);
        var level = await LabelLevel.RequireAsync(security, projects, project, AccessAction.Create, ct);
        return new CreatedAnswer($"{await labels.AddAsync(level, LabelText.From(label.Value), ct)}");
    }

    private static async Task<JsonAnswer<LabelDto>> Get(
        LabelPath path, SecurityContext security, IProjectDirectory projects, Labels labels, CancellationToken ct) =>
        JsonAnswer.Of((await FindAsync(path, security, projects, labels, AccessAction.Read, ct)).Label);

    private static async Task<Ok> Update(
        LabelPath path, JsonBody<LabelRequest> label, SecurityContext security, IProjectDirectory projects, Labels labels, CancellationToken ct)
    {
        var (_, level) = await FindAsync(path, security, projects, labels, AccessAction.Update, ct);
        await labels.UpdateAsync(level, path.Id, LabelText.From(label.Value), ct);
        return TypedResults.Ok();
    }

    private static async Task<Ok> Delete(LabelPath path, SecurityContext security, IProjectDirectory projects, Labels labels, CancellationToken ct)
    {
        var (_, level) = await FindAsync(path, security, projects, labels, AccessAction.Delete, ct);
        await labels.DeleteAsync(level, path.Id, ct);
        return TypedResults.Ok();
    }

    // That a label is not there is said before anything about rights: Harbor does so, and numbers tell nobody anything.
    private static async Task<(LabelDto Label, LabelLevel Level)> FindAsync(
        LabelPath path, SecurityContext security, IProjectDirectory projects, Labels labels, AccessAction action, CancellationToken ct)
    {
        var label = await labels.FindAsync(path.Id, ct) ?? throw LabelErrors.NotFound(path.Id);
        var level = await LabelLevel.RequireAsync(security, projects, label.Scope == OfProject ? label.ProjectId : null, action, ct);
        return (label, level);
    }

    // Null: the whole system.
    private static long? ProjectIn(string? scope, long projectId) => scope switch
    {
        Global => null,
        OfProject when projectId > 0 => projectId,
        OfProject => throw LabelErrors.InvalidProject(projectId),
        _ => throw LabelErrors.InvalidScope(scope),
    };
}
