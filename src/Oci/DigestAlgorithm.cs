using System.Security.Cryptography;

namespace Harbor.Oci;

/// <summary>Registered digest algorithms. The numbers are stored: never reuse or change one.</summary>
public enum DigestAlgorithm : byte
{
    Sha256 = 1,
    Sha512 = 2,
}

public static class DigestAlgorithms
{
    /// <summary>The name in a digest: <c>sha256</c> or <c>sha512</c>.</summary>
    public static string WireName(this DigestAlgorithm algorithm) => algorithm == DigestAlgorithm.Sha512 ? "sha512" : "sha256";

    /// <summary>Length of the hash in bytes.</summary>
    public static int HashLength(this DigestAlgorithm algorithm) => algorithm == DigestAlgorithm.Sha512 ? 64 : 32;

    /// <summary>A new running hash of this algorithm.</summary>
    public static IncrementalHash NewHash(this DigestAlgorithm algorithm) =>
        IncrementalHash.CreateHash(algorithm == DigestAlgorithm.Sha512 ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);

    public static bool TryParse(string? name, out DigestAlgorithm algorithm)
    {
        algorithm = name == "sha512" ? DigestAlgorithm.Sha512 : DigestAlgorithm.Sha256;
        return name is "sha256" or "sha512";
    }
}
