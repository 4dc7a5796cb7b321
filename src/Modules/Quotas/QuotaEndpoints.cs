using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Configuration;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Harbor.Platform.Http.Listing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Quotas;

/// <summary>Storage limits of projects. Harbor API tag <c>quota</c>.</summary>
internal static class QuotaEndpoints
{
    public static void MapQuotaOperations(this RouteGroupBuilder api)
    {
        var quotas = api.MapGroup("/quotas").WithTags("quota");
        quotas.MapGet("/", List).WithName("listQuotas").RequireSystem(Resource.Quota, AccessAction.List);
        quotas.MapGet("/{id}", Get).WithName("getQuota").RequireSystem(Resource.Quota, AccessAction.Read);
        quotas.MapPut("/{id}", Update).WithName("updateQuota").RequireSystem(Resource.Quota, AccessAction.Update);
    }

    /// <summary>Outside the API's base path, as Harbor has it, and for people alone: no robot can be granted it.</summary>
    public static void MapRecount(this IEndpointRouteBuilder routes) => routes.MapPost("/api/internal/syncquota", Recount).RequireAuthenticated();

    private static async Task<PageResult<QuotaDto>> List(
        QuotaListParameters parameters, SortQuery sort, PageRequest page, QuotaListing listing, CancellationToken ct) =>
        new(page, await listing.ListAsync(parameters, sort, page, ct));

    private static async Task<JsonAnswer<QuotaDto>> Get(QuotaPath path, QuotaListing listing, CancellationToken ct) =>
        JsonAnswer.Of(await listing.FindAsync(path.Id, ct) ?? throw QuotaErrors.NotFound(path.Id));

    private static async Task<Ok> Update(QuotaPath path, JsonBody<QuotaUpdateRequest> hard, ProjectQuotas quotas, CancellationToken ct)
    {
        await quotas.SetLimitAsync(path.Id, QuotaLimits.From(hard.Value), ct);
        return TypedResults.Ok();
    }

    private static async Task<Ok> Recount(SecurityContext caller, Settings settings, QuotaRecount recount, CancellationToken ct)
    {
        if (!caller.IsSystemAdmin)
        {
            throw AccessErrors.RefusedInSystem(caller);
        }

        if (!await settings.GetAsync(KnownSettings.QuotaPerProjectEnable, ct))
        {
            throw QuotaErrors.SwitchedOff();
        }

        await recount.RunAsync(ct);
        return TypedResults.Ok();
    }
}
