using Harbor.Distribution.Routing;
using Harbor.Modules.Artifacts.Uploads;
using Harbor.Oci;
using Microsoft.AspNetCore.Http;

namespace Harbor.Distribution.Uploads;

/// <summary>Uploads of blobs, and mounting in their place. OCI distribution-spec 1.1: end-4 to end-6, end-11, end-13, end-14.</summary>
internal sealed class UploadEndpoints(Modules.Artifacts.Uploads.Uploads uploads, Modules.Artifacts.Blobs.Blobs blobs, RegistryGate gate)
{
    // Every chunk is appended to a file, so none is too small.
    private const string ChunkMinLength = "1";

    /// <summary>Mounts, takes a whole blob, or begins an upload: by the query.</summary>
    public async Task StartAsync(RegistryRequest request)
    {
        if (request.Query("mount") is { } mount && await TryMountAsync(request, mount))
        {
            return;
        }

        if (request.Query("digest") is { } given)
        {
            var digest = Digest.Parse(given);
            await uploads.PutAsync(request.Scope, digest, request.Http.Request.BodyReader, request.Ct);
            Created(request, digest);
            return;
        }

        var algorithm = DigestAlgorithm.Sha256;
        if (request.Query("digest-algorithm") is { } name && !DigestAlgorithms.TryParse(name, out algorithm))
        {
            throw new RegistryException(ErrorCode.DigestInvalid, $"digest algorithm {name} is not supported");
        }

        var status = await uploads.StartAsync(request.Scope, algorithm, request.Ct);
        request.Response.Headers[RegistryHeaders.ChunkMinLength] = ChunkMinLength;
        Describe(request, status, StatusCodes.Status202Accepted);
    }

    public async Task StatusAsync(RegistryRequest request)
    {
        var id = Id(request);
        var status = await uploads.FindAsync(request.Scope, id, request.Ct) ?? throw Unknown(request);
        Describe(request, status, StatusCodes.Status204NoContent);
    }

    public async Task AppendAsync(RegistryRequest request)
    {
        var start = Start(request);
        var result = await uploads.AppendAsync(request.Scope, Id(request), start, request.Http.Request.BodyReader, request.Ct);
        Describe(request, Taken(request, result), StatusCodes.Status202Accepted);
    }

    public async Task FinishAsync(RegistryRequest request)
    {
        var id = Id(request);
        var digest = Digest.Parse(request.Query("digest") ?? throw new RegistryException(ErrorCode.BadRequest, "bad request: require digest"));
        var start = Start(request);
        var result = await uploads.FinishAsync(request.Scope, id, digest, start, request.Http.Request.BodyReader, request.Ct);
        Taken(request, result);
        Created(request, digest);
    }

    public async Task CancelAsync(RegistryRequest request)
    {
        if (!await uploads.CancelAsync(request.Scope, Id(request), request.Ct))
        {
            throw Unknown(request);
        }

        request.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    // A mount that cannot be done, for whatever reason, becomes an upload: the client is not told what exists elsewhere.
    private async Task<bool> TryMountAsync(RegistryRequest request, string mount)
    {
        var digest = Digest.Parse(mount);
        if (request.Query("from") is not { } from || await gate.FindMountSourceAsync(request, from) is not { } source)
        {
            return false;
        }

        if (await blobs.MountAsync(source, request.Scope, digest, request.Ct) is null)
        {
            return false;
        }

        Created(request, digest);
        return true;
    }

    private static UploadStatus Taken(RegistryRequest request, UploadResult result)
    {
        switch (result.Outcome)
        {
            case UploadOutcome.Unknown:
                throw Unknown(request);

            case UploadOutcome.OutOfOrder:
                var status = result.Status!;
                request.Response.OnStarting(() =>
                {
                    Locate(request, status);
                    return Task.CompletedTask;
                });
                throw new RegistryException(
                    ErrorCode.RangeInvalid, "the chunk does not start where the upload stands, or another client is writing to it", new { offset = status.Accepted });

            default:
                return result.Status ?? new UploadStatus(Id(request), 0);
        }
    }

    private static void Created(RegistryRequest request, Digest digest)
    {
        var response = request.Response;
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location = request.BlobUrl(digest);
        response.Headers[RegistryHeaders.ContentDigest] = digest.Value;
        response.ContentLength = 0;
    }

    private static void Describe(RegistryRequest request, UploadStatus status, int code)
    {
        request.Response.StatusCode = code;
        Locate(request, status);
        if (code != StatusCodes.Status204NoContent)
        {
            request.Response.ContentLength = 0;
        }
    }

    // An upload without bytes says 0-0, as one with a single byte does: the protocol has no word for "none".
    private static void Locate(RegistryRequest request, UploadStatus status)
    {
        var headers = request.Response.Headers;
        headers.Location = request.UploadUrl(status.Id);
        headers.Range = $"0-{Math.Max(0, status.Accepted - 1)}";
        headers[RegistryHeaders.UploadId] = status.Id.ToString();
    }

    private static long? Start(RegistryRequest request)
    {
        var headers = request.Http.Request.Headers;
        if (!ChunkRange.TryParse(headers.ContentRange, out var range))
        {
            throw new RegistryException(ErrorCode.RangeInvalid, "Content-Range is not of the form <first>-<last>");
        }

        if (range is { } chunk && request.Http.Request.ContentLength is { } length && length != chunk.Length)
        {
            throw new RegistryException(ErrorCode.SizeInvalid, "Content-Length is not the length of Content-Range", new { range = chunk.Length, length });
        }

        return range?.First;
    }

    private static Guid Id(RegistryRequest request) => Guid.TryParseExact(request.Reference, "D", out var id) ? id : throw Unknown(request);

    private static RegistryException Unknown(RegistryRequest request) =>
        new(ErrorCode.BlobUploadUnknown, "blob upload unknown to registry", new { id = request.Reference });
}
