using Harbor.Distribution.Routing;
using Harbor.Modules.Artifacts;
using Harbor.Oci;

namespace Harbor.Distribution.Tags;

/// <summary>The tags of a repository. OCI distribution-spec 1.1: end-8.</summary>
internal sealed class TagEndpoints(ContentListing listing)
{
    public async Task ListAsync(RegistryRequest request)
    {
        var page = PageQuery.Read(request.Http.Request);
        var tags = NamePage.Empty;
        if (page.Size > 0)
        {
            tags = await listing.TagsAsync(request.Scope, page.Last, page.Size, request.Ct)
                ?? throw new RegistryException(ErrorCode.NotFound, $"repository {request.Name} not found");
        }

        if (tags.Next is { } next)
        {
            page.SetNext(request.Response, $"/v2/{request.Name}/tags/list", next);
        }

        await JsonBody.WriteAsync(request.Response, "application/json; charset=utf-8", json =>
        {
            json.WriteStartObject();
            json.WriteString("name", request.Name.Value);
            json.WriteNames("tags", tags);
            json.WriteEndObject();
        }, request.Ct);
    }
}
