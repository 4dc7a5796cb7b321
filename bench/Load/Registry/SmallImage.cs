using System.Security.Cryptography;
using System.Text;

namespace Harbor.Load.Registry;

/// <summary>An image of a few small layers.</summary>
/// <param name="Tag">A tag that no other image has, for pushing.</param>
internal sealed record SmallImage(string Tag, IReadOnlyList<Payload> Layers, Payload Config, byte[] Manifest)
{
    public const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private const string ConfigType = "application/vnd.oci.image.config.v1+json";
    private const string LayerType = "application/vnd.oci.image.layer.v1.tar+gzip";
    private const int LayerCount = 3;
    private const int LayerLength = 64 * 1024;

    private static readonly PayloadSource Layer = new(LayerLength);

    /// <summary>Layers and config.</summary>
    public IEnumerable<Payload> Blobs => Layers.Append(Config);

    public long Length => Blobs.Sum(blob => blob.Length) + Manifest.Length;

    /// <summary>One that was never pushed before.</summary>
    public static SmallImage Next() => Named(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));

    /// <summary>Always the same one for a name.</summary>
    public static SmallImage Named(string name)
    {
        var layers = Enumerable.Range(0, LayerCount).Select(index => Layer.Named($"{name}/{index}")).ToArray();
        var ids = string.Join(',', layers.Select(layer => $"\"{layer.Digest}\""));
        var config = Payload.Of(Encoding.UTF8.GetBytes(
            $$$"""
            {"architecture":"amd64","os":"linux",
             "config":{"Labels":{"load.image":"{{{name}}}"}},"rootfs":{"type":"layers","diff_ids":[{{{ids}}}]}}
            """));
        var described = string.Join(',', layers.Select(layer => Describe(LayerType, layer)));
        var manifest = Encoding.UTF8.GetBytes(
            $$"""
            {"schemaVersion":2,"mediaType":"{{ManifestType}}","config":{{Describe(ConfigType, config)}},"layers":[{{described}}]}
            """);
        return new($"t{Digests.Sha256(manifest)[^16..]}", layers, config, manifest);
    }

    private static string Describe(string mediaType, Payload blob) =>
        $$"""{"mediaType":"{{mediaType}}","size":{{blob.Length}},"digest":"{{blob.Digest}}"}""";
}
