using System.Text;
using Harbor.Platform;
using Harbor.Platform.Data;
using Harbor.Platform.Settings;

namespace Harbor.Modules.Access.Csrf;

/// <summary>Finds the key that signs CSRF cookies: the operator's <c>CSRF_KEY</c>, or one that this installation made and keeps.</summary>
/// <param name="keep">Answers the kept key; what its argument makes when there is none yet.</param>
internal sealed class CsrfKey(HarborOptions options, Func<Func<byte[]>, CancellationToken, Task<byte[]>> keep) : IFirstStart
{
    /// <summary>Name of the kept key among the installation's secrets.</summary>
    public const string SecretName = "csrf-key";

    private const int Length = 32;

    private byte[]? current;

    public byte[] Current => current ?? throw new InvalidOperationException("The CSRF key is loaded at the start, before the first request.");

    /// <exception cref="StartupException"><c>CSRF_KEY</c> has another length.</exception>
    public async Task RunAsync(CancellationToken ct) => current = options.CsrfKey is { } given
        ? Read(given)
        : await keep(static () => System.Security.Cryptography.RandomNumberGenerator.GetBytes(Length), ct);

    private static byte[] Read(Secret given) => given.Reveal() is { Length: Length } text
        ? Encoding.UTF8.GetBytes(text)
        : throw new StartupException($"CSRF_KEY must have exactly {Length} characters.");
}
