using System.Security.Cryptography;
using System.Text;
using Harbor.Oci;

namespace Harbor.Conformance.Registry;

/// <summary>A blob or a manifest: its bytes, and what a descriptor says of them.</summary>
internal sealed record Content(string MediaType, byte[] Bytes, Digest Digest)
{
    public string Descriptor => DescriptorWith();

    public static Content Of(string mediaType, string text) => Of(mediaType, Encoding.UTF8.GetBytes(text));

    public static Content Of(string mediaType, byte[] bytes) => new(mediaType, bytes, Digest.Of(bytes));

    /// <summary>Bytes that nobody ever had before.</summary>
    public static byte[] Random(int length = 1000) => RandomNumberGenerator.GetBytes(length);

    /// <summary>The config of an image that nobody ever had before.</summary>
    public static byte[] ImageConfig() =>
        Encoding.UTF8.GetBytes($$$"""{"architecture":"amd64","os":"linux","author":"{{{Guid.NewGuid()}}}","config":{},"rootfs":{"type":"layers","diff_ids":[]}}""");

    /// <summary>The descriptor with more fields, such as <c>"platform":{…}</c>.</summary>
    public string DescriptorWith(params string[] fields) =>
        $"{{{string.Join(',', [$"\"mediaType\":\"{MediaType}\"", $"\"digest\":\"{Digest}\"", $"\"size\":{Bytes.Length}", .. fields])}}}";
}
