using Harbor.Platform.Diagnostics;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.SystemInfo;

/// <summary>Health, version, search and statistics.</summary>
public static class SystemInfoModule
{
    public static IServiceCollection AddSystemInfo(this IServiceCollection services) => services
        .AddSingleton<IComponentHealth, CoreHealth>()
        .AddSingleton<IComponentHealth, DatabaseHealth>()
        .AddSingleton<IComponentHealth, CacheHealth>()
        .AddSingleton<IComponentHealth, PortalHealth>()
        .AddSingleton<HealthMonitor>()
        .AddHostedService(provider => provider.GetRequiredService<HealthMonitor>())
        .AddSingleton<CaCertificate>()
        .AddSingleton<Statistics>();

    public static void MapSystemInfoModule(this RouteGroupBuilder api)
    {
        api.MapSystemInfo();
        api.MapSearch();
    }

    /// <summary>What lies outside the API's base path, because it says what that path is.</summary>
    public static void MapVersion(this IEndpointRouteBuilder routes) => routes.MapApiVersion();
}
