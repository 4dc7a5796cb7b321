using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Harbor.Modules.Identity;

/// <summary>A password as it is stored: PBKDF2 over a salt of its own, 16 bytes in lower-case hex.</summary>
/// <param name="Version">How it was made; the names are Harbor's. One that took another number of rounds than Harbor's says how many: <c>pbkdf2_sha256$rounds</c>.</param>
/// <param name="Salt">32 letters and digits; its ASCII bytes are the salt.</param>
/// <param name="Hex">The derived key.</param>
public sealed record PasswordHash(string Version, string Salt, string Hex)
{
    public const string CurrentVersion = "pbkdf2_sha256";

    /// <summary>What Harbor's own hashes of that version took.</summary>
    public const int HarborRounds = 600_000;

    private const string SecretVersion = "sha256";
    private const string OtherRounds = CurrentVersion + "$";
    private const int LegacyRounds = 4096;
    private const int KeyLength = 16;
    private const int SaltLength = 32;
    private const string SaltCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>A hash that no machine's secret has, for spending the same time on a name that no machine has.</summary>
    public static readonly PasswordHash OfNoMachine = new(SecretVersion, new string('0', SaltLength), string.Empty);

    /// <summary>The same for a person's password.</summary>
    public static PasswordHash OfNobody(int rounds) => new(VersionOf(rounds), new string('0', SaltLength), string.Empty);

    /// <summary>Hashes a new password. Takes a tenth of a second of processor time with Harbor's number of rounds.</summary>
    public static PasswordHash Create(string password, int rounds) => Create(VersionOf(rounds), password, rounds);

    /// <summary>Hashes the secret of a robot, as Harbor does: few iterations, since it is drawn at random and used by every request of a build.</summary>
    public static PasswordHash CreateForMachine(string secret) => Create(SecretVersion, secret, LegacyRounds);

    /// <summary>A machine's hash as it is stored.</summary>
    public static PasswordHash OfMachine(string salt, string hex) => new(SecretVersion, salt, hex);

    /// <summary>Whether this is the hash of <paramref name="password"/>; the answer's time does not depend on how wrong it is.</summary>
    /// <remarks>Slow on purpose: ask <see cref="PasswordVerifier"/>, which bounds how many run at once.</remarks>
    public bool Verify(string password)
    {
        var derived = Version switch
        {
            CurrentVersion => Derive(password, Salt, HarborRounds, HashAlgorithmName.SHA256),
            SecretVersion => Derive(password, Salt, LegacyRounds, HashAlgorithmName.SHA256),
            "sha1" => Derive(password, Salt, LegacyRounds, HashAlgorithmName.SHA1),
            _ => RoundsIn(Version) is { } rounds ? Derive(password, Salt, rounds, HashAlgorithmName.SHA256) : null,
        };
        return derived is not null
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(derived)), Encoding.ASCII.GetBytes(Hex));
    }

    public override string ToString() => "***";

    private static string VersionOf(int rounds) => rounds == HarborRounds ? CurrentVersion : string.Create(CultureInfo.InvariantCulture, $"{OtherRounds}{rounds}");

    private static int? RoundsIn(string version) =>
        version.StartsWith(OtherRounds, StringComparison.Ordinal)
        && int.TryParse(version.AsSpan(OtherRounds.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds > 0 ? rounds : null;

    private static PasswordHash Create(string version, string password, int rounds)
    {
        var salt = RandomNumberGenerator.GetString(SaltCharacters, SaltLength);
        return new PasswordHash(version, salt, Convert.ToHexStringLower(Derive(password, salt, rounds, HashAlgorithmName.SHA256)));
    }

    private static byte[] Derive(string password, string salt, int rounds, HashAlgorithmName algorithm) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), Encoding.ASCII.GetBytes(salt), rounds, algorithm, KeyLength);
}
