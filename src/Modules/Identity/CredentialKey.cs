using System.Security.Cryptography;
using System.Text;

namespace Harbor.Modules.Identity;

/// <summary>Stands for a name and password in memory, in place of the password: an HMAC under a key that dies with the process.</summary>
public readonly record struct CredentialKey(UInt128 High, UInt128 Low)
{
    private static readonly byte[] ProcessKey = RandomNumberGenerator.GetBytes(32);

    public static CredentialKey Of(string principal, string password)
    {
        // 0xFF occurs in no UTF-8 text: it keeps "ab" + "c" apart from "a" + "bc".
        byte[] text = [.. Encoding.UTF8.GetBytes(principal), 0xFF, .. Encoding.UTF8.GetBytes(password)];
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(ProcessKey, text, mac);
        CryptographicOperations.ZeroMemory(text);
        return new CredentialKey(BitConverter.ToUInt128(mac[..16]), BitConverter.ToUInt128(mac[16..]));
    }

    public override string ToString() => "***";
}
