using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Harbor.Load.Http;
using Harbor.Load.Registry;

namespace Harbor.Load.Scenarios;

/// <summary>What the reading scenarios need on the server, and the requests they send.</summary>
internal static class Reads
{
    private const int PulledTags = 20;
    private const int ListedTags = 1000;
    private const int ListedRepositories = 100;
    private const int MissingBlobs = 64;

    public static IReadOnlyList<PreparedRequest> ManifestsByTag(Target target)
    {
        var repository = target.Repository("bench-pull");
        Seed(target, Enumerable.Range(0, PulledTags), (client, index) => PushOnce(client, repository, Tag(index)));
        return [.. Enumerable.Range(0, PulledTags).Select(index => new PreparedRequest(
            target, "GET", $"/v2/{repository}/manifests/{Tag(index)}", Access.Pull(repository), $"Accept: {SmallImage.ManifestType}\r\n")
        {
            ExpectedBytes = SmallImage.Named($"{repository}:{Tag(index)}").Manifest.Length,
        })];
    }

    public static IReadOnlyList<PreparedRequest> MissingBlob(Target target)
    {
        // The repository exists; the blobs do not.
        var repository = target.Repository("bench-pull");
        Seed(target, [0], (client, index) => PushOnce(client, repository, Tag(index)));
        return [.. Enumerable.Range(0, MissingBlobs).Select(_ => new PreparedRequest(
            target, "HEAD", $"/v2/{repository}/blobs/{Digests.Text(RandomNumberGenerator.GetBytes(32))}", Access.Pull(repository))
        {
            ExpectedStatus = 404,
        })];
    }

    public static IReadOnlyList<PreparedRequest> TagList(Target target)
    {
        var repository = target.Repository("bench-tags");
        var image = SmallImage.Named(repository);
        Seed(target, [ListedTags - 1], (client, index) => PushOnce(client, repository, Tag(index), image));
        Seed(target, Enumerable.Range(0, ListedTags - 1), (client, index) =>
        {
            if (!client.HasManifest(repository, Tag(index), image))
            {
                client.PutManifest(repository, Tag(index), image.Manifest);
            }
        });
        var request = new PreparedRequest(target, "GET", $"/v2/{repository}/tags/list", Access.Pull(repository));
        RequireEntries(target, request, "tags", ListedTags);
        return [request];
    }

    public static IReadOnlyList<PreparedRequest> Catalog(Target target)
    {
        Seed(target, Enumerable.Range(0, ListedRepositories), (client, index) =>
            PushOnce(client, target.Repository(string.Create(CultureInfo.InvariantCulture, $"bench-catalog-{index:D3}")), "latest"));
        var request = new PreparedRequest(target, "GET", $"/v2/_catalog?n={ListedRepositories}", Access.ByPassword);
        RequireEntries(target, request, "repositories", ListedRepositories);
        return [request];
    }

    public static IReadOnlyList<PreparedRequest> Blob(Target target, long size)
    {
        var repository = target.Repository("bench-blobs");
        using var source = new PayloadSource(size);
        var blob = source.Named(repository);
        Seed(target, [0], (client, _) =>
        {
            if (!client.HasBlob(repository, blob.Digest))
            {
                client.Upload(repository, blob);
            }
        });
        var request = new PreparedRequest(target, "GET", $"/v2/{repository}/blobs/{blob.Digest}", Access.Pull(repository))
        {
            ExpectedBytes = size,
        };
        RequireDigest(target, request, blob.Digest);
        return [request];
    }

    /// <summary>A file on any web server, to compare a registry with it.</summary>
    public static IReadOnlyList<PreparedRequest> Path(Target target, string path) =>
        [new PreparedRequest(target, "GET", path, Access.ByPassword)];

    /// <summary>Seeds with a few clients at a time; a thousand tags one after the other would take longer than the load itself.</summary>
    public static void Seed(Target target, IEnumerable<int> indexes, Action<RegistryClient, int> put)
    {
        const int clients = 8;
        var work = indexes.ToArray();
        Parallel.For(0, Math.Min(clients, work.Length), number =>
        {
            using var client = new RegistryClient(target);
            for (var at = number; at < work.Length; at += clients)
            {
                put(client, work[at]);
            }
        });
    }

    /// <summary>Pushes the image that belongs to a name and a tag, unless it is there.</summary>
    public static SmallImage PushOnce(RegistryClient client, string repository, string tag, SmallImage? image = null)
    {
        image ??= SmallImage.Named($"{repository}:{tag}");
        if (!client.HasManifest(repository, tag, image))
        {
            client.Push(repository, tag, image);
        }

        return image;
    }

    public static string Tag(int index) => string.Create(CultureInfo.InvariantCulture, $"v{index:D4}");

    private static void RequireEntries(Target target, PreparedRequest request, string property, int count)
    {
        using var connection = target.Connect();
        var body = new StringBuilder();
        request.Send(connection, piece => body.Append(Encoding.UTF8.GetString(piece)));
        using var answer = System.Text.Json.JsonDocument.Parse(body.ToString());
        var listed = answer.RootElement.GetProperty(property).GetArrayLength();
        if (listed != count)
        {
            throw new HttpFailure($"{property}: {listed} instead of {count}");
        }
    }

    private static void RequireDigest(Target target, PreparedRequest request, string digest)
    {
        using var connection = target.Connect();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        request.Send(connection, hash.AppendData);
        if (Digests.Text(hash.GetHashAndReset()) != digest)
        {
            throw new HttpFailure("the blob is not what was pushed");
        }
    }
}
