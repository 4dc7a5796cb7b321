using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Harbor.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Integration.Api;

/// <summary>An operation of the management API that a server really has.</summary>
/// <param name="Path">Template, such as <c>/api/v2.0/projects/{project_name_or_id}</c>.</param>
internal sealed record MountedOperation(string Id, HttpMethod Method, string Path, RouteEndpoint Endpoint)
{
    public IReadOnlyList<ApiParameter> Parameters => Endpoint.Metadata.GetOrderedMetadata<ApiParameter>();

    public ApiParameter? Body => Parameters.SingleOrDefault(each => each.In == "body");

    public bool IsRead => Method == HttpMethod.Get || Method == HttpMethod.Head;

    /// <summary>Whether it shows a list page by page.</summary>
    public bool IsPaged => IsRead && Parameters.Any(each => each.Name == "page_size") && !Path.EndsWith("/{reference}", StringComparison.Ordinal);

    public static IReadOnlyList<MountedOperation> Of(TestHarbor harbor) =>
    [
        .. from endpoint in harbor.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
           let path = "/" + endpoint.RoutePattern.RawText!.Trim('/')
           where path.StartsWith(ManagementApi.BasePath + "/", StringComparison.Ordinal) && endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null
           from method in endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods
           select new MountedOperation(
               endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "(no name)", new HttpMethod(method), path, endpoint),
    ];
}
