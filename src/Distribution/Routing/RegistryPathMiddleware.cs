using Microsoft.AspNetCore.Http;

namespace Harbor.Distribution.Routing;

/// <summary>
/// Reads the path of a registry request and gives it one that routing understands: a route template cannot hold a repository's
/// name, which has slashes, before its end.
/// </summary>
internal sealed class RegistryPathMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? string.Empty;
        if (!path.StartsWith("/v2", StringComparison.Ordinal) || (path.Length > 3 && path[3] != '/'))
        {
            return next(http);
        }

        if (path.Length == 3)
        {
            http.Response.StatusCode = StatusCodes.Status301MovedPermanently;
            http.Response.Headers.Location = "/v2/";
            return Task.CompletedTask;
        }

        var registryPath = RegistryPath.Parse(path);
        http.Features.Set(registryPath);
        http.Request.Path = registryPath.Target switch
        {
            RegistryTarget.Ping => DistributionEndpoints.Ping,
            RegistryTarget.Catalog => DistributionEndpoints.Catalog,
            RegistryTarget.Tags => DistributionEndpoints.Tags,
            RegistryTarget.Manifest => DistributionEndpoints.Manifest,
            RegistryTarget.Blob => DistributionEndpoints.Blob,
            RegistryTarget.Uploads => DistributionEndpoints.Uploads,
            RegistryTarget.Upload => DistributionEndpoints.Upload,
            RegistryTarget.Referrers => DistributionEndpoints.Referrers,
            _ => DistributionEndpoints.Unknown,
        };
        return next(http);
    }
}
