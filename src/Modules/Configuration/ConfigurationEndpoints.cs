using Harbor.Contracts;
using Harbor.Modules.Access;
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
        configure.MapPut("/configurations", Update).WithName("updateConfigurations").RequireSystem(Resource.Configuration, AccessAction.Update).AllowWhileReadOnly();
        configure.MapGet("/internalconfig", GetInternal).WithName("getInternalconfig").RequireInternal();
    }

    private static async Task<JsonAnswer<ConfigurationsDto>> Get(ConfigurationView view, CancellationToken ct) => JsonAnswer.Of(await view.ShowAsync(ct));

    private static async Task<Ok> Update(JsonBody<ConfigurationsRequest> configurations, ConfigurationChanges changes, CancellationToken ct)
    {
        await changes.UpdateAsync(ConfigurationRequests.Read(configurations.Value), ct);
        return TypedResults.Ok();
    }

    private static async Task<JsonAnswer<IReadOnlyDictionary<string, InternalConfigurationValueDto>>> GetInternal(
        HttpContext http, ConfigurationView view, CancellationToken ct) =>
        JsonAnswer.Of(await view.ShowAllAsync($"{http.Request.Scheme}://{http.Request.Host}", ct));
}
