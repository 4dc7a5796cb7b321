using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Projects;

/// <summary>The allowlist of the whole system. Harbor API tag <c>SystemCVEAllowlist</c>.</summary>
internal static class SystemAllowlistEndpoints
{
    public static void MapSystemAllowlist(this RouteGroupBuilder api)
    {
        var allowlist = api.MapGroup("/system/CVEAllowlist").WithTags("SystemCVEAllowlist");
        allowlist.MapGet("/", Get).WithName("getSystemCVEAllowlist").RequireAuthenticated();
        allowlist.MapPut("/", Put).WithName("putSystemCVEAllowlist").RequireSystem(Resource.Configuration, AccessAction.Update);
    }

    private static async Task<JsonAnswer<CveAllowlistDto>> Get(SystemAllowlist lists, CancellationToken ct) => JsonAnswer.Of(await lists.GetAsync(ct));

    // Whatever project the body names: this list is of none.
    private static async Task<Ok> Put(OptionalJsonBody<CveAllowlistRequest> allowlist, SystemAllowlist lists, CancellationToken ct)
    {
        var request = allowlist.Value ?? throw ProjectErrors.InvalidAllowlist("there is none");
        await lists.SetAsync(CveAllowlist.From(request with { ProjectId = null }, SystemAllowlist.ProjectId), ct);
        return TypedResults.Ok();
    }
}
