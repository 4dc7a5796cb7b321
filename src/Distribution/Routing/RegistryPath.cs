using Harbor.Oci;

namespace Harbor.Distribution.Routing;

/// <summary>What a path under <c>/v2/</c> asks for.</summary>
internal enum RegistryTarget
{
    Unknown,
    Ping,
    Catalog,
    Tags,
    Manifest,
    Blob,
    Uploads,
    Upload,
    Referrers,
}

/// <summary>A path under <c>/v2/</c>, read from the right: a repository's name may hold any of the words that end a path.</summary>
/// <param name="Target">What is asked for.</param>
/// <param name="Name">The repository; unset for <see cref="RegistryTarget.Ping"/>, <see cref="RegistryTarget.Catalog"/> and <see cref="RegistryTarget.Unknown"/>.</param>
/// <param name="Reference">Tag, digest or upload id, as given and not yet checked; empty when the target has none.</param>
/// <remarks>Source: OCI distribution-spec 1.1, "Endpoints".</remarks>
internal sealed record RegistryPath(RegistryTarget Target, RepositoryName Name, string Reference)
{
    public static readonly RegistryPath Unrecognized = new(RegistryTarget.Unknown, default, string.Empty);

    private const string Root = "/v2/";

    /// <param name="path">The decoded path of the URL.</param>
    public static RegistryPath Parse(string path)
    {
        if (!path.StartsWith(Root, StringComparison.Ordinal))
        {
            return Unrecognized;
        }

        var rest = path.AsSpan(Root.Length);
        return rest switch
        {
            "" => new RegistryPath(RegistryTarget.Ping, default, string.Empty),
            "_catalog" => new RegistryPath(RegistryTarget.Catalog, default, string.Empty),
            _ => OfRepository(rest),
        };
    }

    private static RegistryPath OfRepository(ReadOnlySpan<char> rest)
    {
        if (rest.EndsWith("/tags/list"))
        {
            return Named(RegistryTarget.Tags, rest[..^"/tags/list".Length], string.Empty);
        }

        if (rest.EndsWith("/blobs/uploads/") || rest.EndsWith("/blobs/uploads"))
        {
            return Named(RegistryTarget.Uploads, rest[..rest.LastIndexOf("/blobs/uploads")], string.Empty);
        }

        var slash = rest.LastIndexOf('/');
        if (slash < 0)
        {
            return Unrecognized;
        }

        var last = rest[(slash + 1)..];
        var before = rest[..slash];
        return TryNamed(RegistryTarget.Upload, before, "/blobs/uploads", last)
            ?? TryNamed(RegistryTarget.Blob, before, "/blobs", last)
            ?? TryNamed(RegistryTarget.Manifest, before, "/manifests", last)
            ?? TryNamed(RegistryTarget.Referrers, before, "/referrers", last)
            ?? Unrecognized;
    }

    private static RegistryPath? TryNamed(RegistryTarget target, ReadOnlySpan<char> before, string word, ReadOnlySpan<char> reference) =>
        before.EndsWith(word) && reference.Length > 0 ? Named(target, before[..^word.Length], reference.ToString()) : null;

    private static RegistryPath Named(RegistryTarget target, ReadOnlySpan<char> name, string reference) =>
        RepositoryName.TryParse(name.ToString(), out var repository) ? new RegistryPath(target, repository, reference) : Unrecognized;
}
