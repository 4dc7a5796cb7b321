using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Harbor.Modules.Access.Tokens;

/// <summary>The RSA key that bearer tokens are signed with, and its name.</summary>
public sealed class SigningKey
{
    public const int MinKeyBits = 2048;

    private readonly RSAParameters parameters;
    private readonly ConcurrentBag<RSA> idle = [];

    /// <exception cref="CryptographicException">The key has no private part.</exception>
    public SigningKey(RSA key)
    {
        parameters = key.ExportParameters(includePrivateParameters: true);
        Id = Fingerprint(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>The key's name in a token's header, as libtrust makes it: <c>ABCD:EFGH:</c> … of the public key's hash.</summary>
    public string Id { get; }

    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        var rsa = Rent();
        var signature = rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        idle.Add(rsa);
        return signature;
    }

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var rsa = Rent();
        var good = rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        idle.Add(rsa);
        return good;
    }

    // An RSA object is not for two threads at once. Not returned after an exception: it is then left to the collector.
    private RSA Rent() => idle.TryTake(out var rsa) ? rsa : RSA.Create(parameters);

    internal static string Fingerprint(byte[] publicKey)
    {
        const int Bytes = 30;
        const int GroupLength = 4;
        var text = Base32(SHA256.HashData(publicKey).AsSpan(0, Bytes));
        return string.Join(':', text.Chunk(GroupLength).Select(group => new string(group)));
    }

    // RFC 4648; the length is a multiple of five bytes, so there is no padding.
    private static string Base32(ReadOnlySpan<byte> bytes)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        const int BitsPerCharacter = 5;
        var text = new char[bytes.Length * 8 / BitsPerCharacter];
        for (int at = 0, bits = 0; at < text.Length; at++, bits += BitsPerCharacter)
        {
            var window = (bytes[bits / 8] << 8) | (bits / 8 + 1 < bytes.Length ? bytes[(bits / 8) + 1] : 0);
            text[at] = Alphabet[(window >> (11 - (bits % 8))) & 31];
        }

        return new string(text);
    }
}
