using System.Text;
using System.Text.Json;
using Harbor.Oci;

namespace Harbor.Integration.Content;

/// <summary>A manifest as it is pushed.</summary>
internal sealed record TestManifest(byte[] Content, string MediaType)
{
    public Digest Digest { get; } = Digest.Of(Content);

    /// <summary>An index of these manifests.</summary>
    public static TestManifest Index(params TestManifest[] children) => Of(MediaTypes.OciIndex, new()
    {
        ["manifests"] = children.Select(child => Descriptor(child.MediaType, child.Content)).ToArray(),
    });

    /// <summary>A manifest that belongs to <paramref name="subject"/>.</summary>
    public static TestManifest Signature(TestManifest subject, byte[] layer) => Of(MediaTypes.OciManifest, new()
    {
        ["artifactType"] = "application/vnd.cncf.notary.signature",
        ["config"] = Descriptor(MediaTypes.OciEmpty, TestImage.Empty),
        ["layers"] = new[] { Descriptor("application/octet-stream", layer) },
        ["subject"] = Descriptor(subject.MediaType, subject.Content),
    });

    public static TestManifest Of(string mediaType, Dictionary<string, object> members)
    {
        members["schemaVersion"] = 2;
        members["mediaType"] = mediaType;
        return new TestManifest(JsonSerializer.SerializeToUtf8Bytes(members), mediaType);
    }

    public static Dictionary<string, object> Descriptor(string mediaType, byte[] content) => new()
    {
        ["mediaType"] = mediaType,
        ["digest"] = Digest.Of(content).Value,
        ["size"] = content.Length,
    };
}

/// <summary>A small image: what it names, and its manifest.</summary>
internal sealed class TestImage
{
    private TestImage(byte[] config, byte[][] layers)
    {
        Layers = layers;
        Config = config;
        Manifest = TestManifest.Of(MediaTypes.OciManifest, new()
        {
            ["config"] = TestManifest.Descriptor(MediaTypes.OciConfig, config),
            ["layers"] = layers.Select(layer => TestManifest.Descriptor("application/vnd.oci.image.layer.v1.tar+gzip", layer)).ToArray(),
        });
    }

    /// <summary>The config of a manifest that needs none.</summary>
    public static byte[] Empty { get; } = "{}"u8.ToArray();

    public byte[] Config { get; }

    public byte[][] Layers { get; }

    public TestManifest Manifest { get; }

    /// <summary>Everything that has to be uploaded before the manifest.</summary>
    public IEnumerable<byte[]> Blobs => [Config, .. Layers];

    /// <summary>An image whose config tells it from others, with these layers.</summary>
    public static TestImage Of(string name, params byte[][] layers) =>
        new(Encoding.UTF8.GetBytes($$"""{"architecture":"amd64","os":"linux","config":{"Labels":{"name":"{{name}}"} } }"""), layers);

    /// <summary>Bytes that are the same for the same seed.</summary>
    public static byte[] Bytes(int seed, int length = 5000)
    {
        var bytes = new byte[length];
#pragma warning disable CA5394 // Repeatable, not secret.
        new Random(seed).NextBytes(bytes);
#pragma warning restore CA5394
        return bytes;
    }
}
