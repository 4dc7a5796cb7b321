using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Harbor.Modules.Access.Csrf;

/// <summary>A secret in a signed cookie, and the same secret masked anew in every answer: who can read answers can send it back.</summary>
/// <remarks>Masked, the secret looks different each time, so that compressed answers do not leak it.</remarks>
internal sealed class CsrfTokens(CsrfKey key, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private const int SecretBytes = 32;
    private const int TimeBytes = 8;
    private const int CookieBytes = SecretBytes + TimeBytes + HMACSHA256.HashSizeInBytes;

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    /// <summary>The cookie: secret, time of issue, and our signature over both.</summary>
    public string WriteCookie(ReadOnlySpan<byte> secret)
    {
        Span<byte> cookie = stackalloc byte[CookieBytes];
        secret.CopyTo(cookie);
        BinaryPrimitives.WriteInt64BigEndian(cookie[SecretBytes..], clock.GetUtcNow().ToUnixTimeSeconds());
        HMACSHA256.HashData(key.Current, cookie[..(SecretBytes + TimeBytes)], cookie[(SecretBytes + TimeBytes)..]);
        return Base64Url.EncodeToString(cookie);
    }

    /// <summary>The secret of a cookie; null when it is not ours or too old.</summary>
    public byte[]? ReadCookie(string? text)
    {
        Span<byte> cookie = stackalloc byte[CookieBytes];
        if (text is null || text.Length != Base64Url.GetEncodedLength(CookieBytes) || !Base64Url.IsValid(text)
            || Base64Url.DecodeFromChars(text, cookie) != CookieBytes)
        {
            return null;
        }

        var signed = cookie[..(SecretBytes + TimeBytes)];
        var signature = cookie[(SecretBytes + TimeBytes)..];
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Current, signed, expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, signature))
        {
            return null;
        }

        var age = clock.GetUtcNow().ToUnixTimeSeconds() - BinaryPrimitives.ReadInt64BigEndian(signed[SecretBytes..]);
        return age <= (long)Lifetime.TotalSeconds ? signed[..SecretBytes].ToArray() : null;
    }

    /// <summary>A token for one answer: random bytes, and the secret XORed with them, in base64.</summary>
    public static string Mask(ReadOnlySpan<byte> secret)
    {
        Span<byte> token = stackalloc byte[2 * SecretBytes];
        RandomNumberGenerator.Fill(token[..SecretBytes]);
        Xor(token[..SecretBytes], secret, token[SecretBytes..]);
        return Convert.ToBase64String(token);
    }

    /// <summary>Whether a token, any that was given out, hides this secret.</summary>
    public static bool Matches(string token, ReadOnlySpan<byte> secret)
    {
        Span<byte> bytes = stackalloc byte[2 * SecretBytes];
        if (token.Length > 4 * SecretBytes || !Convert.TryFromBase64String(token, bytes, out var length) || length != bytes.Length)
        {
            return false;
        }

        Span<byte> unmasked = stackalloc byte[SecretBytes];
        Xor(bytes[..SecretBytes], bytes[SecretBytes..], unmasked);
        return CryptographicOperations.FixedTimeEquals(unmasked, secret);
    }

    private static void Xor(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other, Span<byte> result)
    {
        for (var at = 0; at < result.Length; at++)
        {
            result[at] = (byte)(one[at] ^ other[at]);
        }
    }
}
