using System.Security.Cryptography;

namespace Harbor.Load.Registry;

internal static class Digests
{
    public static string Sha256(ReadOnlySpan<byte> content) => Text(SHA256.HashData(content));

    public static string Text(ReadOnlySpan<byte> sha256) => $"sha256:{Convert.ToHexStringLower(sha256)}";
}
