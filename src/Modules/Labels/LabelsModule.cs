using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.Labels;

/// <summary>Labels of the system and of projects. What carries them is the Artifacts module's to know.</summary>
public static class LabelsModule
{
    public static IServiceCollection AddLabels(this IServiceCollection services) => services.AddSingleton<Labels>();

    public static void MapLabels(this RouteGroupBuilder api) => api.MapLabelEndpoints();
}
