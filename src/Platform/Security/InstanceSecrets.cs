using System.Security.Cryptography;
using Harbor.Platform.Data;

namespace Harbor.Platform.Security;

/// <summary>Keys that all replicas share, such as the one that signs tokens: in the database, encrypted.</summary>
public sealed class InstanceSecrets(Database database, SecretBox box)
{
    private const string CheckName = "check";

    /// <summary>The secret of that name; made by <paramref name="make"/> when there is none yet. All replicas get the same one.</summary>
    /// <exception cref="StartupException">It was encrypted with another key.</exception>
    public async Task<byte[]> GetOrCreateAsync(string name, Func<byte[]> make, CancellationToken ct)
    {
        var stored = await FindAsync(name, ct);
        if (stored is null)
        {
            await using var insert = database.Command("INSERT INTO instance_secret (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .With(name, box.Encrypt(make(), Purpose(name)));
            await insert.ExecuteNonQueryAsync(ct);

            // Read back: another replica may have been first.
            stored = await FindAsync(name, ct) ?? throw new InvalidOperationException($"The secret {name} was deleted while it was made.");
        }

        try
        {
            return box.Decrypt(stored, Purpose(name));
        }
        catch (CryptographicException e)
        {
            throw new StartupException(
                $"The secrets in the database were encrypted with another key. Set HARBOR_SECRET_KEY to the one they were made with, or put the file {SecretBox.KeyFileName} "
                + "of the first server into this data directory. All replicas on one database need the same key.", e);
        }
    }

    /// <summary>Finds out at the start, not at the first sign-in, that the key is the wrong one.</summary>
    /// <exception cref="StartupException">It is.</exception>
    public Task CheckKeyAsync(CancellationToken ct) => GetOrCreateAsync(CheckName, () => RandomNumberGenerator.GetBytes(16), ct);

    private static string Purpose(string name) => $"instance_secret:{name}";

    private async Task<byte[]?> FindAsync(string name, CancellationToken ct)
    {
        await using var command = database.Command("SELECT value FROM instance_secret WHERE name = $1").With(name);
        return (byte[]?)await command.ExecuteScalarAsync(ct);
    }
}
