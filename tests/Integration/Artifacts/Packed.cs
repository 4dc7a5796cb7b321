using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Harbor.Integration.Content;
using Harbor.Oci;

namespace Harbor.Integration.Artifacts;

/// <summary>Artifacts of other kinds than images, as their clients make them.</summary>
internal static class Packed
{
    public const string HelmConfig = "application/vnd.cncf.helm.config.v1+json";
    public const string HelmContent = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
    public const string ModelType = "application/vnd.cncf.model.manifest.v1+json";
    public const string SbomType = "application/vnd.goharbor.harbor.sbom.v1";

    public static byte[] Tar(params (string Name, string Content)[] files)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });
            }
        }

        return tar.ToArray();
    }

    public static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    /// <summary>Pushes a manifest with everything that it names.</summary>
    public static async Task<TestManifest> PushAsync(
        this RegistryClient client, string tag, (string Type, byte[] Content) config, (string Type, byte[] Content, string? Path)[] layers, string? artifactType = null,
        Dictionary<string, string>? annotations = null)
    {
        foreach (var content in layers.Select(layer => layer.Content).Prepend(config.Content).DistinctBy(content => Digest.Of(content)))
        {
            await client.PutAsync(content);
        }

        var members = new Dictionary<string, object>
        {
            ["config"] = TestManifest.Descriptor(config.Type, config.Content),
            ["layers"] = layers.Select(layer =>
            {
                var descriptor = TestManifest.Descriptor(layer.Type, layer.Content);
                if (layer.Path is not null)
                {
                    descriptor["annotations"] = new Dictionary<string, string> { ["org.cncf.model.filepath"] = layer.Path, ["org.opencontainers.image.title"] = layer.Path };
                }

                return descriptor;
            }).ToArray(),
        };
        if (artifactType is not null)
        {
            members["artifactType"] = artifactType;
        }

        if (annotations is not null)
        {
            members["annotations"] = annotations;
        }

        var manifest = TestManifest.Of(MediaTypes.OciManifest, members);
        await client.PushAsync(manifest, tag);
        return manifest;
    }

    public static Task<TestManifest> PushChartAsync(this RegistryClient client, string tag, byte[] archive, string config = """{"name":"web","version":"1.0.0","apiVersion":"v2"}""") =>
        client.PushAsync(tag, (HelmConfig, Encoding.UTF8.GetBytes(config)), [(HelmContent, archive, null)]);
}
