using System.Buffers;
using Harbor.Distribution.Routing;
using Harbor.Modules.Artifacts.Deletion;
using Harbor.Modules.Artifacts.Manifests;
using Harbor.Modules.Artifacts.Pulls;
using Harbor.Oci;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Harbor.Distribution.Manifests;

/// <summary>Manifests. OCI distribution-spec 1.1: end-3, end-7 and end-9.</summary>
internal sealed class ManifestEndpoints(
    Modules.Artifacts.Manifests.Manifests manifests, ManifestPush pushes, ArtifactDeletion deletions, PullLog pulls, PullFlush flush)
{
    private const int MaxTags = 64;

    // Replication's client: what it reads nobody pulls.
    private const string ReplicationClient = "harbor-registry-client";

    /// <summary>GET and HEAD. The tag is resolved first, so what a client accepts never changes what a tag means.</summary>
    public async Task GetAsync(RegistryRequest request)
    {
        var manifest = await FindAsync(request) ?? throw NotFound(request);
        var response = request.Response;
        response.Headers[RegistryHeaders.ContentDigest] = manifest.Digest.Value;
        response.Headers.ETag = EntityTags.Of(manifest.Digest);
        if (EntityTags.Matches(request.Http.Request.Headers.IfNoneMatch, manifest.Digest))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = manifest.MediaType;
        response.ContentLength = manifest.Content.Length;
        if (!HttpMethods.IsHead(request.Http.Request.Method))
        {
            // First, so that whoever has the answer finds the pull counted.
            await CountPullAsync(request, manifest);
            await response.BodyWriter.WriteAsync(manifest.Content, request.Ct);
        }
    }

    public async Task PutAsync(RegistryRequest request)
    {
        var content = await ReadAsync(request);
        var byDigest = Digest.TryParse(request.Reference, out var named);
        if (!byDigest && request.Reference.Contains(':', StringComparison.Ordinal))
        {
            throw new RegistryException(ErrorCode.DigestInvalid, $"{request.Reference} is not a digest");
        }

        var digest = Digest.Of(content.Span, byDigest ? named.Algorithm : DigestAlgorithm.Sha256);
        if (byDigest && digest != named)
        {
            throw new RegistryException(ErrorCode.DigestInvalid, "provided digest did not match uploaded content", new { digest = named.Value });
        }

        var tags = Tags(request, byDigest);
        var pushed = await pushes.PushAsync(request.Scope, content, MediaType(request.Http.Request), digest, tags, request.Ct);

        var response = request.Response;
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location = request.ManifestUrl(digest);
        response.Headers[RegistryHeaders.ContentDigest] = digest.Value;
        response.ContentLength = 0;
        if (pushed.Subject is { } subject)
        {
            response.Headers[RegistryHeaders.Subject] = subject.Value;
        }

        if (byDigest && tags.Count > 0)
        {
            response.Headers[RegistryHeaders.Tag] = tags.Select(tag => tag.Value).ToArray();
        }
    }

    public async Task DeleteAsync(RegistryRequest request)
    {
        if (!Digest.TryParse(request.Reference, out var digest))
        {
            throw new RegistryException(ErrorCode.Unsupported, $"unsupported digest {request.Reference}: a manifest is deleted by its digest");
        }

        await deletions.DeleteAsync(request.Scope, digest, "registry", request.Ct);
        request.Response.StatusCode = StatusCodes.Status202Accepted;
        request.Response.ContentLength = 0;
    }

    private Task CountPullAsync(RegistryRequest request, StoredManifest manifest)
    {
        if (request.Http.Request.Headers.UserAgent == ReplicationClient)
        {
            return Task.CompletedTask;
        }

        var scope = request.Scope;
        var tag = request.Reference.Contains(':', StringComparison.Ordinal) ? null : request.Reference;
        pulls.Add(new Pull(
            scope.Project.Id, manifest.RepositoryId, scope.Name.Value, manifest.ArtifactId, manifest.Digest, tag, scope.Caller.RecordedName));
        return flush.AfterPullAsync(request.Ct);
    }

    private ValueTask<StoredManifest?> FindAsync(RegistryRequest request) =>
        Digest.TryParse(request.Reference, out var digest) ? manifests.FindAsync(request.Scope, digest, request.Ct)
        : Tag.TryParse(request.Reference, out _) ? manifests.FindAsync(request.Scope, request.Reference, request.Ct)
        : ValueTask.FromResult<StoredManifest?>(null);

    // The tag in the path, or with a digest in the path those in the query (end-7b).
    private static List<Tag> Tags(RegistryRequest request, bool byDigest)
    {
        string?[] names = byDigest ? [.. request.Http.Request.Query["tag"]] : [request.Reference];
        if (names.Length > MaxTags)
        {
            throw new RegistryException(new ErrorCode("URI_TOO_LONG", StatusCodes.Status414UriTooLong), $"more than {MaxTags} tags");
        }

        return [.. names.Select(name => Tag.TryParse(name, out var tag)
            ? tag
            : throw new RegistryException(ErrorCode.BadRequest, $"bad request: invalid tag name: {name}"))];
    }

    private static string? MediaType(HttpRequest request) =>
        request.ContentType is { Length: > 0 } type
            ? MediaTypeHeaderValue.TryParse(type, out var parsed) ? parsed.MediaType.Value : throw new RegistryException(ErrorCode.ManifestInvalid, "manifest invalid: Content-Type is malformed")
            : null;

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(RegistryRequest request)
    {
        if (request.Http.Request.ContentLength > Manifest.MaxBytes)
        {
            throw TooLarge();
        }

        var body = request.Http.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(request.Ct);
            if (read.Buffer.Length > Manifest.MaxBytes)
            {
                throw TooLarge();
            }

            if (read.IsCompleted)
            {
                var content = read.Buffer.ToArray();
                body.AdvanceTo(read.Buffer.End);
                return content;
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static RegistryException NotFound(RegistryRequest request) =>
        new(ErrorCode.NotFound, $"artifact {request.Name}{(request.Reference.Contains(':', StringComparison.Ordinal) ? '@' : ':')}{request.Reference} not found");

    private static RegistryException TooLarge() =>
        new(ErrorCode.RequestEntityTooLarge, $"a manifest may have {Manifest.MaxBytes} bytes at most");
}
