using System.Security.Cryptography;
using System.Text;
using Harbor.Platform.Data;
using Harbor.Platform.Settings;

namespace Harbor.Platform.Security;

/// <summary>Encrypts what must be replayed later (keys, credentials of other systems) under a key that is not in the database.</summary>
/// <remarks>AES-256-GCM. Layout: version 1, 12 bytes nonce, 16 bytes tag, then as many bytes as the plain text.</remarks>
public sealed class SecretBox
{
    public const string KeyFileName = "secret-key";

    private const byte Version = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeaderBytes = 1 + NonceBytes + TagBytes;
    private const int KeyBytes = 32;
    private const int MinKeyLength = 16;

    private readonly byte[] key;

    private SecretBox(string keyText) =>
        key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(keyText), KeyBytes, info: "harbor secret box"u8.ToArray());

    /// <summary>With <c>HARBOR_SECRET_KEY</c>, or with the key file in the data directory, made when it is not there.</summary>
    /// <exception cref="StartupException">The key is too short, or the file cannot be used.</exception>
    public static SecretBox Open(HarborOptions options)
    {
        var text = options.SecretKey?.Reveal()
            ?? PrivateFile.ReadOrCreate(Path.Combine(options.DataDirectory, KeyFileName), () => RandomNumberGenerator.GetHexString(2 * KeyBytes, lowercase: true));
        return text.Length >= MinKeyLength
            ? new SecretBox(text)
            : throw new StartupException($"HARBOR_SECRET_KEY (or the file {KeyFileName}) is too short: {MinKeyLength} characters at least, best 64 random ones.");
    }

    /// <param name="purpose">Where the value belongs; it opens nowhere else.</param>
    public byte[] Encrypt(ReadOnlySpan<byte> plain, string purpose)
    {
        var box = new byte[HeaderBytes + plain.Length];
        box[0] = Version;
        var nonce = box.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, box.AsSpan(HeaderBytes), box.AsSpan(1 + NonceBytes, TagBytes), Encoding.UTF8.GetBytes(purpose));
        return box;
    }

    /// <exception cref="CryptographicException">Another key or purpose, or the bytes were changed.</exception>
    public byte[] Decrypt(ReadOnlySpan<byte> box, string purpose)
    {
        if (box.Length < HeaderBytes || box[0] != Version)
        {
            throw new CryptographicException("The value is not one that was encrypted here.");
        }

        var plain = new byte[box.Length - HeaderBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(box.Slice(1, NonceBytes), box[HeaderBytes..], box.Slice(1 + NonceBytes, TagBytes), plain, Encoding.UTF8.GetBytes(purpose));
        return plain;
    }
}
