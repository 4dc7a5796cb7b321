using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Access.Auditing;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Configuration;

/// <summary>Settings. Harbor API tag <c>configure</c>.</summary>
internal static class ConfigurationEndpoints
{
    public static void MapConfiguration(this RouteGroupBuilder api)
    {
        var configure = api.MapGroup("/").WithTags("configure");
        configure.MapGet("/configurations", Get).WithName("getConfigurations").RequireSystem(Resource.Configuration, AccessAction.Read);
        configure.MapPut("/configurations", Update).WithName("updateConfigurations").RequireSystem(Resource.Configuration, AccessAction.Update)
            .AllowWhileReadOnly().Audited("update", "configuration", AuditSubjects.Fixed("configuration"));
        configure.MapGet("/internalconfig", GetInternal).WithName("getInternalconfig").RequireInternal();
    }

    private static async Task<JsonAnswer<ConfigurationsDto>> Get(ConfigurationView view, CancellationToken ct) => JsonAnswer.Of(await view.ShowAsync(ct));

    private static async Task<Ok> Update(JsonBody<ConfigurationsRequest> configurations, SecurityContext caller, ConfigurationChanges changes, CancellationToken ct)
    {
        await changes.UpdateAsync(caller, ConfigurationRequests.Read(configurations.Value), ct);
        return TypedResults.Ok();
    }

    private static async Task<JsonAnswer<IReadOnlyDictionary<string, InternalConfigurationValueDto>>> GetInternal(
        HttpContext http, ConfigurationView view, CancellationToken ct) =>
        JsonAnswer.Of(await view.ShowAllAsync($"{http.Request.Scheme}://{http.Request.Host}", ct));
}
