using System.Text;
using Harbor.Load.Http;

namespace Harbor.Load.Registry;

/// <summary>One client of the registry: a connection, and the requests that pushing and pulling are made of.</summary>
/// <remarks>All methods throw <see cref="HttpFailure"/> for any status but the expected one.</remarks>
internal sealed class RegistryClient(Target target) : IDisposable
{
    private readonly HttpConnection connection = target.Connect();

    public void Dispose() => connection.Dispose();

    public bool HasBlob(string repository, string digest) => Has($"/v2/{repository}/blobs/{digest}", Access.Push(repository));

    /// <summary>Whether a tag stands for this very image.</summary>
    public bool HasManifest(string repository, string tag, SmallImage image) =>
        Has($"/v2/{repository}/manifests/{tag}", Access.Push(repository))
        && connection.Header("Docker-Content-Digest") == Digests.Sha256(image.Manifest);

    /// <summary>Uploads a blob as docker and podman do: POST, PATCH with all bytes, PUT.</summary>
    public void Upload(string repository, Payload blob)
    {
        var access = Access.Push(repository);
        Require(202, "POST upload", Exchange("POST", $"/v2/{repository}/blobs/uploads/", access));
        Require(202, "PATCH upload", Exchange("PATCH", Location(), access, "Content-Type: application/octet-stream\r\n", content: blob));
        var location = Location();
        var separator = location.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        Require(201, "PUT upload", Exchange("PUT", $"{location}{separator}digest={Uri.EscapeDataString(blob.Digest)}", access));
    }

    public void PutManifest(string repository, string reference, byte[] manifest) =>
        Require(201, "PUT manifest", Exchange(
            "PUT",
            $"/v2/{repository}/manifests/{reference}",
            Access.Push(repository),
            $"Content-Type: {SmallImage.ManifestType}\r\n",
            manifest));

    /// <summary>Pushes an image as clients do: each blob unless it is there already, then the manifest.</summary>
    public void Push(string repository, string tag, SmallImage image)
    {
        foreach (var blob in image.Blobs)
        {
            if (!HasBlob(repository, blob.Digest))
            {
                Upload(repository, blob);
            }
        }

        PutManifest(repository, tag, image.Manifest);
    }

    /// <summary>Pulls an image: manifest, config and layers.</summary>
    public void Pull(string repository, string tag, SmallImage image)
    {
        var access = Access.Pull(repository);
        var manifest = Exchange("GET", $"/v2/{repository}/manifests/{tag}", access, $"Accept: {SmallImage.ManifestType}\r\n");
        Require(200, "GET manifest", manifest, image.Manifest.Length);
        foreach (var blob in image.Blobs)
        {
            Require(200, "GET blob", Exchange("GET", $"/v2/{repository}/blobs/{blob.Digest}", access), blob.Length);
        }
    }

    /// <summary>Creates a public project where the server has projects; a registry without them makes names as they come.</summary>
    public void EnsureProject(string name)
    {
        var body = Encoding.UTF8.GetBytes($$$"""{"project_name":"{{{name}}}","metadata":{"public":"true"}}""");
        var reply = Exchange("POST", "/api/v2.0/projects", Access.ByPassword, "Content-Type: application/json\r\n", body);
        if (reply.Status is not (201 or 409 or 404))
        {
            throw new HttpFailure($"POST project: {reply.Status}");
        }
    }

    private static void Require(int status, string what, Reply reply, long? length = null)
    {
        if (reply.Status != status)
        {
            throw new HttpFailure($"{what}: {reply.Status}");
        }

        if (length is not null && length != reply.BodyBytes)
        {
            throw new HttpFailure($"{what}: wrong length");
        }
    }

    private bool Has(string path, Access access)
    {
        var reply = Exchange("HEAD", path, access, $"Accept: {SmallImage.ManifestType}\r\n");
        return reply.Status switch
        {
            200 => true,
            404 => false,
            _ => throw new HttpFailure($"HEAD: {reply.Status}"),
        };
    }

    private Reply Exchange(
        string method, string path, Access access, string headerLines = "", ReadOnlySpan<byte> body = default, Payload? content = null)
    {
        var credential = target.Authorizer.For(access);
        var request = Target.Request(target.Url, method, path, credential.HeaderLine + headerLines, body, content?.Length);
        return connection.Exchange(request, method != "HEAD", content);
    }

    // Path and query; servers may send either those alone or a whole address.
    private string Location()
    {
        var location = connection.Header("Location") ?? throw new HttpFailure("no Location");
        var scheme = location.IndexOf("://", StringComparison.Ordinal);
        var path = scheme < 0 ? 0 : location.IndexOf('/', scheme + 3);
        return path >= 0 ? location[path..] : throw new HttpFailure("bad Location");
    }
}
