using Harbor.Modules.Access;
using Harbor.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.ApiDescription;

/// <summary>The description of the management API, made from what is mounted.</summary>
public static class ApiDescriptionModule
{
    public const string Path = ManagementApi.BasePath + "/openapi.json";

    /// <summary>Serves the description to everybody: it tells nothing that the source does not.</summary>
    public static void MapApiDescription(this IEndpointRouteBuilder routes)
    {
        // Made when first asked for, because by then everything is mounted.
        var document = new Lazy<byte[]>(() => ApiDocument.Write(routes.ServiceProvider.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()));
        routes.MapGet(Path, () => TypedResults.Bytes(document.Value, JsonAnswer.ContentType)).ExcludeFromDescription().AllowUnexamined();
    }
}
