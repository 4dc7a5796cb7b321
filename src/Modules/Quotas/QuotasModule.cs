using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.Quotas;

/// <summary>Limits of what projects may hold.</summary>
public static class QuotasModule
{
    public static IServiceCollection AddQuotas(this IServiceCollection services) => services
        .AddSingleton<ProjectQuotas>()
        .AddSingleton<QuotaListing>()
        .AddSingleton<QuotaRecount>();

    public static void MapQuotas(this RouteGroupBuilder api) => api.MapQuotaOperations();

    /// <summary>What lies outside the API's base path.</summary>
    public static void MapQuotaRecount(this IEndpointRouteBuilder routes) => routes.MapRecount();
}
