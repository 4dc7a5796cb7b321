using System.Globalization;
using System.Reflection;
using Harbor.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Harbor.Platform.Http.Listing;

/// <summary>Answers 200 with one page of a list: <c>X-Total-Count</c>, <c>Link</c> and the rows; <c>[]</c> when there are none.</summary>
public sealed class PageResult<T>(PageRequest request, Page<T> page) : IResult, IEndpointMetadataProvider
{
    public const string TotalCountHeader = "X-Total-Count";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var headers = httpContext.Response.Headers;
        headers[TotalCountHeader] = page.Total.ToString(CultureInfo.InvariantCulture);
        if (PageLinks.Create(httpContext.Request.Path.ToUriComponent(), httpContext.Request.Query, request, page.Total) is { } links)
        {
            headers[HeaderNames.Link] = links;
        }

        return JsonAnswer.WriteAsync(httpContext, page.Items, HarborJson.TypeInfo<IReadOnlyList<T>>());
    }

    static void IEndpointMetadataProvider.PopulateMetadata(MethodInfo method, EndpointBuilder builder) => JsonAnswer.Describe<IReadOnlyList<T>>(builder);
}
