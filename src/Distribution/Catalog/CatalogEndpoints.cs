using Harbor.Modules.Access;
using Harbor.Modules.Artifacts;
using Harbor.Oci;
using Microsoft.AspNetCore.Http;

namespace Harbor.Distribution.Catalog;

/// <summary>All repositories that have a tag, for those who may see them all.</summary>
/// <remarks>Source: CNCF distribution, "Listing Repositories"; who may ask is Harbor's rule.</remarks>
internal sealed class CatalogEndpoints(ContentListing listing)
{
    public async Task ListAsync(HttpContext http)
    {
        if (!http.Security().Can(Resource.Catalog, AccessAction.Read))
        {
            throw Refusals.ChallengeBasic(http, "unauthorized to list catalog");
        }

        var ct = http.RequestAborted;
        var page = PageQuery.Read(http.Request);
        if (!PageQuery.IsCounted(http.Request))
        {
            page = page with { Last = null };   // as in Harbor, which looks at it only beside a count
        }

        if (page.Last is { } last && !(RepositoryName.TryParse(last, out _) && await listing.HasTaggedRepositoryAsync(last, ct)))
        {
            throw new RegistryException(ErrorCode.BadRequest, $"the last: {last} should be a valid repository name.");
        }

        var names = page.Size > 0 ? await listing.RepositoriesAsync(page.Last, page.Size, ct) : NamePage.Empty;
        if (names.Next is { } next)
        {
            page.SetNext(http.Response, "/v2/_catalog", next);
        }

        await JsonBody.WriteAsync(http.Response, "application/json; charset=utf-8", json =>
        {
            json.WriteStartObject();
            json.WriteNames("repositories", names);
            json.WriteEndObject();
        }, ct);
    }
}
