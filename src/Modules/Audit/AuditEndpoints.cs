using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Listing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Audit;

/// <summary>The audit log, and the one of older releases. Harbor API tag <c>auditlog</c>, and two operations of <c>project</c>.</summary>
internal static class AuditEndpoints
{
    public static void MapAuditLogs(this RouteGroupBuilder api)
    {
        api.MapGet("/audit-logs", ListLegacy).WithTags("auditlog").WithName("listAuditLogs").RequireAuthenticated();
        api.MapGet("/auditlog-exts", List).WithTags("auditlog").WithName("listAuditLogExts").RequireAuthenticated();
        api.MapGet("/auditlog-exts/events", ListEventTypes).WithTags("auditlog").WithName("listAuditLogEventTypes").RequireSystem(Resource.AuditLog, AccessAction.List);

        var project = api.MapGroup("/projects/{project_name}").WithTags("project");
        project.MapGet("/logs", ListLegacyOfProject).WithName("getLogs").Require(Resource.Log, AccessAction.List);
        project.MapGet("/auditlog-exts", ListOfProject).WithName("getLogExts").Require(Resource.Log, AccessAction.List);
    }

    private static async Task<PageResult<AuditLogExtDto>> List(
        FilterQuery q, SortQuery sort, PageRequest page, HttpContext http, LogListing<AuditLogExtDto> listing, CancellationToken ct) =>
        new(page, await listing.ListAsync(await VisibleLogs.ToAsync(http.Security(), ct), q, sort, page, ct));

    private static async Task<PageResult<AuditLogExtDto>> ListOfProject(
        ProjectScope project, FilterQuery q, SortQuery sort, PageRequest page, LogListing<AuditLogExtDto> listing, CancellationToken ct) =>
        new(page, await listing.ListAsync(VisibleLogs.Of(project), q, sort, page, ct));

    private static async Task<PageResult<AuditLogDto>> ListLegacy(
        FilterQuery q, SortQuery sort, PageRequest page, HttpContext http, LogListing<AuditLogDto> listing, CancellationToken ct) =>
        new(page, await listing.ListAsync(await VisibleLogs.ToAsync(http.Security(), ct), q, sort, page, ct));

    private static async Task<PageResult<AuditLogDto>> ListLegacyOfProject(
        ProjectScope project, FilterQuery q, SortQuery sort, PageRequest page, LogListing<AuditLogDto> listing, CancellationToken ct) =>
        new(page, await listing.ListAsync(VisibleLogs.Of(project), q, sort, page, ct));

    private static JsonAnswer<IReadOnlyList<AuditLogEventTypeDto>> ListEventTypes() =>
        JsonAnswer.Of<IReadOnlyList<AuditLogEventTypeDto>>([.. AuditEventTypes.All.Select(type => new AuditLogEventTypeDto { EventType = type })]);
}
