using Harbor.Distribution.Routing;
using Harbor.Modules.Artifacts;
using Harbor.Modules.Artifacts.Manifests;
using Harbor.Oci;

namespace Harbor.Distribution.Referrers;

/// <summary>What belongs to a manifest: signatures, SBOMs and the like. OCI distribution-spec 1.1: end-12.</summary>
internal sealed class ReferrerEndpoints(ContentListing listing)
{
    public async Task ListAsync(RegistryRequest request)
    {
        if (!Digest.TryParse(request.Reference, out var subject))
        {
            throw new RegistryException(ErrorCode.BadRequest, $"bad request: invalid digest: {request.Reference}");
        }

        // Unknown subjects have no referrers; they are no error, since a referrer may come before its subject.
        IReadOnlyList<Referrer> referrers = await listing.ReferrersAsync(request.Scope, subject, request.Ct);
        request.Response.Headers[RegistryHeaders.TotalCount] = referrers.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (request.Query("artifactType") is { } artifactType)
        {
            referrers = [.. referrers.Where(referrer => referrer.ArtifactType == artifactType)];
            request.Response.Headers[RegistryHeaders.FiltersApplied] = "artifactType";
        }

        await JsonBody.WriteAsync(request.Response, MediaTypes.OciIndex, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.OciIndex);
            json.WriteStartArray("manifests");
            foreach (var referrer in referrers)
            {
                json.WriteStartObject();
                json.WriteString("mediaType", referrer.MediaType);
                json.WriteString("digest", referrer.Digest.Value);
                json.WriteNumber("size", referrer.SizeBytes);
                if (referrer.AnnotationsJson is { } annotations)
                {
                    json.WritePropertyName("annotations");
                    json.WriteRawValue(annotations);
                }

                if (referrer.ArtifactType is { } type)
                {
                    json.WriteString("artifactType", type);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }, request.Ct);
    }
}
