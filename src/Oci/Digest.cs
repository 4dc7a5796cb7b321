using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Harbor.Oci;

/// <summary>A content digest in its canonical form, <c>algorithm:lower-case hex</c>.</summary>
/// <remarks>Source: OCI image-spec 1.1, "Digests". Registered algorithms only: sha256 and sha512.</remarks>
public readonly record struct Digest
{
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    private readonly string? value;

    private Digest(string value, DigestAlgorithm algorithm)
    {
        this.value = value;
        Algorithm = algorithm;
    }

    /// <summary>The digest as it stands on the wire, such as <c>sha256:9f86…</c>.</summary>
    public string Value => value ?? throw new InvalidOperationException("This digest was never set.");

    public DigestAlgorithm Algorithm { get; }

    /// <summary>The hash alone: 64 or 128 lower-case hexadecimal characters.</summary>
    public string Hex => Value[(Value.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>Digest of <paramref name="content"/>.</summary>
    public static Digest Of(ReadOnlySpan<byte> content, DigestAlgorithm algorithm = DigestAlgorithm.Sha256) =>
        FromHash(algorithm, algorithm == DigestAlgorithm.Sha256 ? SHA256.HashData(content) : SHA512.HashData(content));

    /// <summary>Digest of a finished hash: 32 bytes for sha256, 64 for sha512.</summary>
    public static Digest FromHash(DigestAlgorithm algorithm, ReadOnlySpan<byte> hash) =>
        hash.Length != algorithm.HashLength()
            ? throw new ArgumentException($"A {algorithm.WireName()} hash is {algorithm.HashLength()} bytes, not {hash.Length}.", nameof(hash))
            : new Digest($"{algorithm.WireName()}:{Convert.ToHexStringLower(hash)}", algorithm);

    /// <summary>Reads what <see cref="ToBytes"/> wrote: one byte that names the algorithm, then the hash.</summary>
    /// <exception cref="ArgumentException">No such algorithm, or a hash that is not of its length.</exception>
    public static Digest FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty
            ? throw new ArgumentException("A stored digest is at least one byte.", nameof(bytes))
            : FromHash((DigestAlgorithm)bytes[0], bytes[1..]);

    /// <summary>The stored form: one byte that names the algorithm, then the hash (33 or 65 bytes).</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[1 + Algorithm.HashLength()];
        bytes[0] = (byte)Algorithm;
        Convert.FromHexString(Value.AsSpan(Value.IndexOf(':', StringComparison.Ordinal) + 1), bytes.AsSpan(1), out _, out _);
        return bytes;
    }

    /// <exception cref="RegistryException"><c>DIGEST_INVALID</c>.</exception>
    public static Digest Parse(string? text) =>
        TryParse(text, out var digest)
            ? digest
            : throw new RegistryException(ErrorCode.DigestInvalid, "provided digest did not match uploaded content", new { digest = text });

    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        if (text is null)
        {
            return false;
        }

        foreach (var algorithm in (ReadOnlySpan<DigestAlgorithm>)[DigestAlgorithm.Sha256, DigestAlgorithm.Sha512])
        {
            var name = algorithm.WireName();
            var start = name.Length + 1;
            if (text.Length == start + (2 * algorithm.HashLength())
                && text[name.Length] == ':'
                && text.StartsWith(name, StringComparison.Ordinal)
                && !text.AsSpan(start).ContainsAnyExcept(LowerHex))
            {
                digest = new Digest(text, algorithm);
                return true;
            }
        }

        return false;
    }

    public override string ToString() => value ?? string.Empty;
}
