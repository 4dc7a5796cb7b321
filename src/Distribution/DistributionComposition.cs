using Harbor.Distribution.Blobs;
using Harbor.Distribution.Catalog;
using Harbor.Distribution.Manifests;
using Harbor.Distribution.Referrers;
using Harbor.Distribution.Routing;
using Harbor.Distribution.Tags;
using Harbor.Distribution.Uploads;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Distribution;

/// <summary>The OCI API under <c>/v2/</c>, put together.</summary>
public static class DistributionComposition
{
    public static IServiceCollection AddDistribution(this IServiceCollection services) => services
        .AddSingleton<Refusals>()
        .AddSingleton<RegistryGate>()
        .AddSingleton<ManifestEndpoints>()
        .AddSingleton<BlobEndpoints>()
        .AddSingleton<UploadEndpoints>()
        .AddSingleton<TagEndpoints>()
        .AddSingleton<ReferrerEndpoints>()
        .AddSingleton<CatalogEndpoints>();

    /// <summary>Parses the paths of <c>/v2/</c>; must come before routing.</summary>
    public static IApplicationBuilder UseDistribution(this IApplicationBuilder app) => app.UseMiddleware<RegistryPathMiddleware>();

    public static IEndpointRouteBuilder MapDistribution(this IEndpointRouteBuilder routes)
    {
        DistributionEndpoints.Map(routes);
        return routes;
    }
}
