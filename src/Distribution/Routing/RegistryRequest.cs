using Harbor.Modules.Artifacts;
using Harbor.Oci;
using Microsoft.AspNetCore.Http;

namespace Harbor.Distribution.Routing;

/// <summary>A registry request that passed the gate: the repository it may touch, and what else its path said.</summary>
internal sealed record RegistryRequest(HttpContext Http, RepositoryScope Scope, string Reference)
{
    public CancellationToken Ct => Http.RequestAborted;

    public HttpResponse Response => Http.Response;

    public RepositoryName Name => Scope.Name;

    /// <summary>A query parameter given once and not empty; null otherwise.</summary>
    public string? Query(string name) => Http.Request.Query[name] is [{ Length: > 0 } value, ..] ? value : null;

    public string BlobUrl(Digest digest) => $"/v2/{Name}/blobs/{digest}";

    public string ManifestUrl(Digest digest) => $"/v2/{Name}/manifests/{digest}";

    public string UploadUrl(Guid upload) => $"/v2/{Name}/blobs/uploads/{upload}";
}
