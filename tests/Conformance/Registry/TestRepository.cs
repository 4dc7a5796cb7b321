using System.Net;
using System.Net.Http.Headers;
using Harbor.Oci;
using Harbor.Support;
using Xunit;

namespace Harbor.Conformance.Registry;

/// <summary>A repository as one caller sees it through the registry protocol.</summary>
internal sealed class TestRepository(TestHarbor harbor, HttpClient client, string name)
{
    public TestHarbor Harbor => harbor;

    /// <summary>Full name, project first.</summary>
    public string Name => name;

    public string Project => name[..name.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>Another repository of the same project.</summary>
    public TestRepository Beside(string path) => new(harbor, client, $"{Project}/{path}");

    /// <summary>The same repository as another caller sees it.</summary>
    public TestRepository As(HttpClient other) => new(harbor, other, name);

    public Task<Answer> GetAsync(string what, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, what, null, null, headers);

    public Task<Answer> HeadAsync(string what, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Head, what, null, null, headers);

    public Task<Answer> DeleteAsync(string what) => SendAsync(HttpMethod.Delete, what);

    public Task<Answer> PostAsync(string what, byte[]? body = null) => SendAsync(HttpMethod.Post, what, body ?? []);

    /// <param name="range">The <c>Content-Range</c>; null: none.</param>
    public Task<Answer> PatchAsync(string upload, byte[] chunk, string? range = null) =>
        SendAsync(HttpMethod.Patch, upload, chunk, "application/octet-stream", range is null ? [] : [("Content-Range", range)]);

    /// <param name="what">Where to, below the repository; or a path from the root, such as a Location.</param>
    /// <param name="body">Null: no body at all, and no Content-Length.</param>
    public async Task<Answer> SendAsync(HttpMethod method, string what, byte[]? body = null, string? type = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, what.StartsWith('/') ? what : $"/v2/{name}/{what}");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        }

        foreach (var (header, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(header, value))
            {
                request.Content!.Headers.TryAddWithoutValidation(header, value);
            }
        }

        return await Answer.ReadAsync(await client.SendAsync(request));
    }

    /// <summary>Begins an upload; answers its Location.</summary>
    public async Task<string> StartUploadAsync(string query = "") =>
        (await PostAsync($"blobs/uploads/{query}")).Is(HttpStatusCode.Accepted).Header("Location")!;

    /// <summary>Ends an upload with these last bytes.</summary>
    public Task<Answer> FinishAsync(string upload, Digest digest, byte[]? last = null, string? range = null) =>
        SendAsync(HttpMethod.Put, $"{upload}?digest={digest}", last ?? [], "application/octet-stream", range is null ? [] : [("Content-Range", range)]);

    /// <summary>Uploads a blob in one request.</summary>
    public async Task<Content> PushBlobAsync(byte[] bytes, string mediaType = "application/octet-stream", DigestAlgorithm algorithm = DigestAlgorithm.Sha256)
    {
        var blob = new Content(mediaType, bytes, Digest.Of(bytes, algorithm));
        (await PostAsync($"blobs/uploads/?digest={blob.Digest}", bytes)).Is(HttpStatusCode.Created);
        return blob;
    }

    public Task<Answer> PutManifestAsync(string reference, Content manifest) => SendAsync(HttpMethod.Put, $"manifests/{reference}", manifest.Bytes, manifest.MediaType);

    /// <summary>Pushes a manifest whose blobs are there.</summary>
    public async Task<Content> PushManifestAsync(string reference, Content manifest)
    {
        (await PutManifestAsync(reference, manifest)).Is(HttpStatusCode.Created);
        return manifest;
    }

    /// <summary>Pushes an image of random content, blobs and all.</summary>
    public async Task<Content> PushImageAsync(string reference = "v1") => await PushManifestAsync(reference, await ImageAsync());

    /// <summary>An image of random content whose blobs are pushed and whose manifest is not.</summary>
    public async Task<Content> ImageAsync() =>
        Manifests.Image(await PushBlobAsync(Content.ImageConfig(), MediaTypes.OciConfig), await PushBlobAsync(Content.Random(), Manifests.Layer));

    /// <summary>Asserts that the repository shows nothing: no artifact, no tag, no link to a blob, no running upload.</summary>
    public async Task ShowsNothingAsync()
    {
        var rows = await harbor.Database.QueryAsync($"""
            SELECT (SELECT count(*) FROM artifact WHERE repository_id = repository.id) + (SELECT count(*) FROM tag WHERE repository_id = repository.id)
                 + (SELECT count(*) FROM repository_blob WHERE repository_id = repository.id) + (SELECT count(*) FROM upload WHERE repository_id = repository.id)
            FROM repository WHERE name = '{name}'
            """);
        Assert.True(rows is null or 0L, $"{rows} rows of {name} were left behind");
        await Accounts.CheckAsync(harbor);
    }

    /// <summary>Asserts that nobody has a blob of this digest.</summary>
    public async Task NobodyHasAsync(Digest digest) =>
        Assert.Equal(0L, await harbor.Database.QueryAsync($"SELECT count(*) FROM blob WHERE digest = '\\x{Convert.ToHexString(digest.ToBytes())}'"));
}
