using Harbor.Storage;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Artifacts.Additions;

/// <summary>A part of an artifact, ready to be sent: bytes of a bounded size, or a blob that is sent as it is read.</summary>
internal sealed class Addition : IResult
{
    public const string Json = "application/json; charset=utf-8";
    public const string Text = "text/plain; charset=utf-8";
    public const string Markdown = "text/markdown; charset=utf-8";

    private const int ChunkBytes = 64 << 10;

    private readonly string contentType;
    private readonly ReadOnlyMemory<byte> content;
    private readonly BlobSource? blob;

    public Addition(string contentType, ReadOnlyMemory<byte> content) => (this.contentType, this.content) = (contentType, content);

    /// <param name="blob">Owned from here on.</param>
    public Addition(string contentType, BlobSource blob) => (this.contentType, this.blob) = (contentType, blob);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var source = blob;
        var (response, ct) = (httpContext.Response, httpContext.RequestAborted);
        response.ContentType = contentType;
        response.ContentLength = source?.Length ?? content.Length;

        // A stranger wrote it: no browser shall take it for a page, whatever is in it.
        response.Headers.XContentTypeOptions = "nosniff";
        if (source is null)
        {
            await response.BodyWriter.WriteAsync(content, ct);
            return;
        }

        for (var offset = 0L; offset < source.Length;)
        {
            var count = await source.ReadAsync(response.BodyWriter.GetMemory(ChunkBytes)[..ChunkBytes], offset, ct);
            if (count == 0)
            {
                throw new IOException("A blob is shorter than it says.");
            }

            response.BodyWriter.Advance(count);
            offset += count;
            await response.BodyWriter.FlushAsync(ct);
        }
    }
}
