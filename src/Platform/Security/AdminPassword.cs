using System.Security.Cryptography;
using Harbor.Platform.Data;
using Harbor.Platform.Settings;

namespace Harbor.Platform.Security;

/// <summary>The administrator's first password. Afterwards the database holds the truth; there is no well-known default.</summary>
/// <remarks>
/// To be asked for only while the administrator has none. Set it where it is still null; then <see cref="Announce"/> if that
/// was us, <see cref="Discard"/> if another replica was first and this is not the password that it set.
/// </remarks>
public sealed class AdminPassword
{
    private const int Length = 20;
    private const string Letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";   // none that look alike

    private readonly string? path;

    private AdminPassword(Secret value, string? path) => (Value, this.path) = (value, path);

    public Secret Value { get; }

    /// <summary>Whether we invented it: nobody knows it yet.</summary>
    public bool IsMadeUp => path is not null;

    /// <summary><c>HARBOR_ADMIN_PASSWORD</c>; else a random one, which is already kept in <c>admin-password</c> (mode 0600).</summary>
    /// <remarks>The file comes before the database: a start that breaks off between the two goes on with the same password.</remarks>
    /// <exception cref="StartupException">The file cannot be written.</exception>
    public static AdminPassword Choose(HarborOptions options)
    {
        if (options.InitialAdminPassword is { } given)
        {
            return new AdminPassword(given, null);
        }

        var path = Path.Combine(options.DataDirectory, "admin-password");
        return new AdminPassword(new Secret(PrivateFile.ReadOrCreate(path, MakeUp)), path);
    }

    /// <summary>Prints an invented password, once, where the operator looks.</summary>
    public void Announce()
    {
        if (IsMadeUp)
        {
            Console.WriteLine($"The first password of the user admin is {Value.Reveal()} (shown this once; kept in {path}).");
        }
    }

    /// <summary>Removes the file of a password that was not set.</summary>
    public void Discard()
    {
        if (path is not null)
        {
            File.Delete(path);
        }
    }

    /// <summary>20 characters, about 116 bits, with the three kinds that the password rule asks for.</summary>
    private static string MakeUp()
    {
        while (true)
        {
            var text = RandomNumberGenerator.GetString(Letters, Length);
            if (text.Any(char.IsAsciiDigit) && text.Any(char.IsAsciiLetterLower) && text.Any(char.IsAsciiLetterUpper))
            {
                return text;
            }
        }
    }
}
