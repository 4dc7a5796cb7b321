using Harbor.Distribution.Routing;
using Harbor.Modules.Artifacts.Blobs;
using Harbor.Oci;
using Harbor.Platform.Http;
using Harbor.Storage;
using Microsoft.AspNetCore.Http;

namespace Harbor.Distribution.Blobs;

/// <summary>Blobs. OCI distribution-spec 1.1: end-2 and end-10.</summary>
internal sealed class BlobEndpoints(Modules.Artifacts.Blobs.Blobs blobs)
{
    // 256 KiB keeps small blobs cheap; larger ones gain from fewer, larger reads. Measured: bench/results.
    private const int ReadBytes = 256 << 10;
    private const int LargeReadBytes = 1 << 20;
    private const long LargeBytes = 8 << 20;

    public async Task HeadAsync(RegistryRequest request)
    {
        var digest = Digest.Parse(request.Reference);
        if (await blobs.StatAsync(request.Scope, digest, request.Ct) is not { } blob)
        {
            // A push asks so for every layer and mostly hears no: an answer, not an exception.
            var unknown = Unknown(digest);
            await ErrorEnvelope.WriteAsync(request.Http, unknown.Code, unknown.Message, unknown.Detail);
            return;
        }

        Describe(request.Response, blob);
        request.Response.ContentLength = blob.SizeBytes;
    }

    public async Task GetAsync(RegistryRequest request)
    {
        var digest = Digest.Parse(request.Reference);
        var blob = await blobs.FindAsync(request.Scope, digest, request.Ct) ?? throw Unknown(digest);
        var response = request.Response;
        if (EntityTags.Matches(request.Http.Request.Headers.IfNoneMatch, digest))
        {
            Describe(response, blob);
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var range = ByteRange.Parse(RangeHeader(request.Http.Request, digest), blob.SizeBytes, out var satisfiable);
        if (!satisfiable)
        {
            response.OnStarting(() =>
            {
                response.Headers.ContentRange = $"bytes */{blob.SizeBytes}";
                return Task.CompletedTask;
            });
            throw new RegistryException(ErrorCode.RangeInvalid, "the range lies outside the blob", new { size = blob.SizeBytes });
        }

        using var source = await blobs.OpenAsync(request.Scope, blob, request.Ct) ?? throw Unknown(digest);
        Describe(response, blob);
        if (range is { } part)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {part.Start}-{part.Last}/{blob.SizeBytes}";
        }

        await SendAsync(response, source, range ?? new ByteRange(0, blob.SizeBytes), request.Ct);
    }

    public async Task DeleteAsync(RegistryRequest request)
    {
        await blobs.DeleteAsync(request.Scope, Digest.Parse(request.Reference), request.Ct);
        request.Response.StatusCode = StatusCodes.Status202Accepted;
        request.Response.ContentLength = 0;
    }

    // A range is for the content that If-Range names; for any other, the whole is sent.
    private static string? RangeHeader(HttpRequest request, Digest digest) =>
        request.Headers.IfRange is [{ Length: > 0 } condition, ..] && !EntityTags.Matches(condition, digest) ? null : request.Headers.Range.ToString();

    private static void Describe(HttpResponse response, LinkedBlob blob)
    {
        response.ContentType = "application/octet-stream";
        response.Headers[RegistryHeaders.ContentDigest] = blob.Digest.Value;
        response.Headers.ETag = EntityTags.Of(blob.Digest);
        response.Headers.CacheControl = "max-age=31536000";
        response.Headers.AcceptRanges = "bytes";
    }

    private static async Task SendAsync(HttpResponse response, BlobSource source, ByteRange range, CancellationToken ct)
    {
        response.ContentLength = range.Length;
        var readBytes = range.Length >= LargeBytes ? LargeReadBytes : ReadBytes;
        var body = response.BodyWriter;
        var offset = range.Start;
        var left = range.Length;
        while (left > 0)
        {
            var memory = body.GetMemory((int)Math.Min(left, readBytes));
            if (memory.Length > left)
            {
                memory = memory[..(int)left];
            }

            var count = await source.ReadAsync(memory, offset, ct);
            if (count == 0)
            {
                // Fewer bytes than the blob has: end short, so that the client knows, and never send others in their place.
                throw new InvalidDataException("A blob is shorter in the store than in the database.");
            }

            body.Advance(count);
            offset += count;
            left -= count;
            if ((await body.FlushAsync(ct)).IsCompleted)
            {
                response.HttpContext.Abort();   // nobody reads on: fewer bytes than announced are no fault of ours
                return;
            }
        }
    }

    private static RegistryException Unknown(Digest digest) =>
        new(ErrorCode.BlobUnknown, "blob unknown to registry", new { digest = digest.Value });
}
