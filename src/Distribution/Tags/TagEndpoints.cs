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
        IReadOnlyList<string> tags = [];
        if (page.Size > 0)
        {
            tags = await listing.TagsAsync(request.Scope, page.Last, page.Size + 1, request.Ct)
                ?? throw new RegistryException(ErrorCode.NotFound, $"repository {request.Name} not found");
        }

        if (tags.Count > page.Size && page.Size > 0)
        {
            page.SetNext(request.Response, $"/v2/{request.Name}/tags/list", tags[page.Size - 1]);
        }

        await JsonBody.WriteAsync(request.Response, "application/json; charset=utf-8", json =>
        {
            json.WriteStartObject();
            json.WriteString("name", request.Name.Value);
            json.WriteStrings("tags", tags.Take(page.Size));
            json.WriteEndObject();
        }, request.Ct);
    }
}
