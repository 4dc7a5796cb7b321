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
    public static string WireName(this DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Sha256 => "sha256",
        DigestAlgorithm.Sha512 => "sha512",
        _ => throw Unregistered(algorithm),
    };

    /// <summary>Length of the hash in bytes.</summary>
    public static int HashLength(this DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Sha256 => SHA256.HashSizeInBytes,
        DigestAlgorithm.Sha512 => SHA512.HashSizeInBytes,
        _ => throw Unregistered(algorithm),
    };

    /// <summary>A new running hash of this algorithm.</summary>
    public static IncrementalHash NewHash(this DigestAlgorithm algorithm) => algorithm switch
    {
        DigestAlgorithm.Sha256 => IncrementalHash.CreateHash(HashAlgorithmName.SHA256),
        DigestAlgorithm.Sha512 => IncrementalHash.CreateHash(HashAlgorithmName.SHA512),
        _ => throw Unregistered(algorithm),
    };

    public static bool TryParse(string? name, out DigestAlgorithm algorithm)
    {
        algorithm = name == "sha512" ? DigestAlgorithm.Sha512 : DigestAlgorithm.Sha256;
        return name is "sha256" or "sha512";
    }

    // A number that was never given out, read from a damaged row, must not pass for a sha256.
    private static ArgumentOutOfRangeException Unregistered(DigestAlgorithm algorithm) =>
        new(nameof(algorithm), algorithm, "This digest algorithm is not registered.");
}
