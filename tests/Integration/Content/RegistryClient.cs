using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Harbor.Oci;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Content;

/// <summary>One repository over the registry protocol, by Basic authentication: as the administrator, unless another is named.</summary>
internal sealed class RegistryClient : IDisposable
{
    private readonly HttpClient http;

    public RegistryClient(Uri url, string repository, string user = "admin", string password = TestHarbor.AdminPassword)
    {
        Repository = repository;
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { BaseAddress = url };
        http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    public string Repository { get; }

    /// <summary>The whole blob in one POST.</summary>
    public async Task PostAsync(byte[] content) =>
        await ExpectAsync(HttpStatusCode.Created, HttpMethod.Post, $"blobs/uploads/?digest={Digest.Of(content)}", content);

    /// <summary>The blob in two requests, as docker pushes it.</summary>
    public async Task PutAsync(byte[] content) => await FinishAsync(await StartAsync(), Digest.Of(content), content);

    /// <summary>The blob in chunks, and a closing request without a body.</summary>
    public async Task PutInChunksAsync(byte[] content, int chunks)
    {
        var upload = await StartAsync();
        var length = (content.Length + chunks - 1) / chunks;
        for (var start = 0; start < content.Length; start += length)
        {
            await AppendAsync(upload, start, content[start..Math.Min(content.Length, start + length)]);
        }

        await FinishAsync(upload, Digest.Of(content), []);
    }

    /// <summary>Begins an upload; answers its path.</summary>
    public async Task<string> StartAsync()
    {
        using var begun = await ExpectAsync(HttpStatusCode.Accepted, HttpMethod.Post, "blobs/uploads/");
        return begun.Headers.Location!.OriginalString;
    }

    public async Task AppendAsync(string upload, long start, byte[] chunk) =>
        (await SendAsync(HttpMethod.Patch, upload, chunk, start, HttpStatusCode.Accepted)).Dispose();

    public async Task FinishAsync(string upload, Digest digest, byte[] rest) =>
        (await SendAsync(HttpMethod.Put, $"{upload}?digest={digest}", rest, null, HttpStatusCode.Created)).Dispose();

    public async Task MountAsync(Digest digest, string from) =>
        (await ExpectAsync(HttpStatusCode.Created, HttpMethod.Post, $"blobs/uploads/?mount={digest}&from={from}")).Dispose();

    public async Task PushAsync(TestManifest manifest, string? tag = null)
    {
        using var request = Request(HttpMethod.Put, $"manifests/{tag ?? manifest.Digest.Value}", manifest.Content);
        request.Content!.Headers.ContentType = new MediaTypeHeaderValue(manifest.MediaType);
        using var answer = await http.SendAsync(request);
        await AssertAsync(HttpStatusCode.Created, answer);
    }

    /// <summary>Everything of an image, in the order a client sends it.</summary>
    public async Task PushAsync(TestImage image, string? tag = null)
    {
        foreach (var blob in image.Blobs)
        {
            await PutAsync(blob);
        }

        await PushAsync(image.Manifest, tag);
    }

    public async Task DeleteAsync(string path) => (await ExpectAsync(HttpStatusCode.Accepted, HttpMethod.Delete, path)).Dispose();

    /// <summary>Takes back what was deleted last in the repository, by the management API.</summary>
    public async Task RestoreLastAsync()
    {
        var trash = $"/api/v2.0/projects/{Repository.Split('/')[0]}/trash";
        using var listed = await SendAsync(HttpMethod.Get, $"{trash}?q=repository_name={Uri.EscapeDataString(Repository)}&page_size=1", [], null, HttpStatusCode.OK);
        var last = (long)JsonNode.Parse(await listed.Content.ReadAsStringAsync())![0]!["id"]!;
        (await SendAsync(HttpMethod.Post, $"{trash}/{last}/restore", [], null, HttpStatusCode.OK)).Dispose();
    }

    public Task<HttpStatusCode> HeadAsync(string path) => StatusAsync(HttpMethod.Head, path);

    /// <summary>Only the status of the answer to a GET.</summary>
    public Task<HttpStatusCode> StatusAsync(string path) => StatusAsync(HttpMethod.Get, path);

    /// <summary>How many bytes of an upload are accepted; null when it is unknown.</summary>
    public async Task<long?> AcceptedAsync(string upload)
    {
        using var answer = await SendAsync(HttpMethod.Get, upload, []);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await AssertAsync(HttpStatusCode.NoContent, answer);
        return long.Parse(answer.Headers.GetValues("Range").Single()["0-".Length..], CultureInfo.InvariantCulture) + 1;
    }

    /// <summary>What lies below the repository at a path such as <c>blobs/sha256:…</c>; null when nothing does.</summary>
    public async Task<byte[]?> GetAsync(string path)
    {
        using var request = Request(HttpMethod.Get, path, null);
        using var answer = await http.SendAsync(request);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await AssertAsync(HttpStatusCode.OK, answer);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    /// <summary>Sends to a path of the server, and gives the answer as it is.</summary>
    /// <param name="start">Offset at which the body starts in its upload; null says nothing about it.</param>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, byte[] body, long? start = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(body) };
        if (start is { } first)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Range", $"{first}-{first + body.Length - 1}");
        }

        return await http.SendAsync(request);
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, byte[] body, long? start, HttpStatusCode expected)
    {
        var answer = await SendAsync(method, path, body, start);
        await AssertAsync(expected, answer);
        return answer;
    }

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path)
    {
        using var request = Request(method, path, null);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> ExpectAsync(HttpStatusCode expected, HttpMethod method, string path, byte[]? body = null)
    {
        using var request = Request(method, path, body);
        var answer = await http.SendAsync(request);
        await AssertAsync(expected, answer);
        return answer;
    }

    private HttpRequestMessage Request(HttpMethod method, string path, byte[]? body) =>
        new(method, $"/v2/{Repository}/{path}") { Content = body is null ? null : new ByteArrayContent(body) };

    private static async Task AssertAsync(HttpStatusCode expected, HttpResponseMessage answer)
    {
        if (answer.StatusCode != expected)
        {
            var request = answer.RequestMessage!;
            Assert.Fail($"{request.Method} {request.RequestUri!.PathAndQuery} is answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
    }
}
