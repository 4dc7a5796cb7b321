using Harbor.Modules.Artifacts.Archives;
using Harbor.Oci;
using Harbor.Storage;

namespace Harbor.Modules.Artifacts.Additions;

/// <summary>The files of a Helm chart. Source: helm.sh/docs, "Charts"; the archive holds one folder, the chart.</summary>
internal static class ChartArchive
{
    public const string Definition = "chart.yaml";
    public const string Requirements = "requirements.yaml";

    private const string Content = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
    private const string Provenance = "application/vnd.cncf.helm.chart.provenance.v1.prov";

    /// <summary>The layer that holds the chart; null when there is none.</summary>
    public static Descriptor? LayerOf(Manifest manifest) =>
        manifest.Layers.FirstOrDefault(layer => layer.MediaType == Content)
        ?? manifest.Layers.FirstOrDefault(layer => layer.MediaType != Provenance && layer.Digest != manifest.Config?.Digest);

    /// <summary>Reads files of the chart itself, not of the charts in it.</summary>
    /// <param name="names">In lower case; files are found in any case.</param>
    /// <returns>Those that are there.</returns>
    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>: no such archive; <c>REQUEST_ENTITY_TOO_LARGE</c>.</exception>
    public static async Task<IReadOnlyDictionary<string, byte[]>> ReadAsync(BlobSource archive, string[] names, int maxBytes, CancellationToken ct)
    {
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        await using var packed = new BlobStream(archive);
        await using var unpacked = new InflatedStream(packed);
        var entries = new TarScanner(unpacked);
        while (found.Count < names.Length && await entries.NextAsync(ct) is { } entry)
        {
            if (entry.IsFile && NameOf(entry.Name) is { } name && Array.Exists(names, each => each == name) && !found.ContainsKey(name))
            {
                found[name] = await entries.ReadAsync(maxBytes, ct);
            }
        }

        return found;
    }

    // <chart>/<file>, and nothing deeper.
    private static string? NameOf(string path)
    {
        var parts = path.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToList();
        return parts is [_, var file] ? file.ToLowerInvariant() : null;
    }
}
