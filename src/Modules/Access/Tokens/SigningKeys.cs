using System.Security.Cryptography;
using System.Text;
using Harbor.Platform;
using Harbor.Platform.Data;
using Harbor.Platform.Security;
using Harbor.Platform.Settings;

namespace Harbor.Modules.Access.Tokens;

/// <summary>Finds the key that signs tokens: the operator's file, or one that this installation made and keeps.</summary>
/// <param name="keep">Answers the kept key; what its argument makes when there is none yet.</param>
internal sealed class SigningKeys(HarborOptions options, Func<Func<byte[]>, CancellationToken, Task<byte[]>> keep) : IFirstStart
{
    /// <summary>Name of the kept key among the installation's secrets.</summary>
    public const string SecretName = "token-signing-key";

    private const string Variable = "TOKEN_PRIVATE_KEY_PATH";

    private SigningKey? current;

    public SigningKey Current => current ?? throw new InvalidOperationException("The signing key is loaded at the start, before the first request.");

    /// <exception cref="StartupException">The operator's file cannot be used.</exception>
    public async Task RunAsync(CancellationToken ct) =>
        current = options.TokenPrivateKeyPath is { } path ? await ReadAsync(path, ct) : Parse(Encoding.ASCII.GetString(await keep(Make, ct)));

    private static async Task<SigningKey> ReadAsync(string path, CancellationToken ct)
    {
        var pem = await PemFile.ReadAsync(Variable, path, ct);
        try
        {
            return Parse(pem);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw new StartupException($"{Variable}: {path} is not an RSA private key in PEM form of {SigningKey.MinKeyBits} bits or more: {e.Message}", e);
        }
    }

    private static byte[] Make()
    {
        using var rsa = RSA.Create(SigningKey.MinKeyBits);
        return Encoding.ASCII.GetBytes(rsa.ExportPkcs8PrivateKeyPem());
    }

    private static SigningKey Parse(string pem)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        return rsa.KeySize >= SigningKey.MinKeyBits ? new SigningKey(rsa) : throw new CryptographicException($"The key has {rsa.KeySize} bits.");
    }
}
