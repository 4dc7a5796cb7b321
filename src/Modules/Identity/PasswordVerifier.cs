using System.Collections.Concurrent;
using Harbor.Oci;

namespace Harbor.Modules.Identity;

/// <summary>Checks passwords, few at a time: a flood of sign-ins waits in line and leaves the processors to other requests.</summary>
internal sealed class PasswordVerifier(PasswordOptions options) : IDisposable
{
    // A check takes about a fifth of a second: whoever is let into the line is through it before his client gives up.
    private const int MaxWaitingPerSlot = 64;

    private static readonly int Slots = Math.Max(1, Environment.ProcessorCount / 2);

    private readonly SemaphoreSlim slots = new(Slots);
    private readonly ConcurrentDictionary<(CredentialKey, PasswordHash), Lazy<Task<bool>>> running = new();
    private int waiting;
    private int runs;

    /// <summary>How many may wait or run at once.</summary>
    public static int MaxWaiting => MaxWaitingPerSlot * Slots;

    /// <summary>A hash that no password has, and that takes as long to check as a new one.</summary>
    public PasswordHash OfNobody { get; } = PasswordHash.OfNobody(options.Rounds);

    /// <summary>How many checks were run since the start.</summary>
    public int Runs => runs;

    /// <summary>Whether <paramref name="hash"/> is that of <paramref name="password"/>. Equal questions asked at once are answered together.</summary>
    /// <param name="credential">Names the password in place of itself.</param>
    /// <exception cref="RegistryException"><c>TOO_MANY_REQUEST</c>: too many are waiting.</exception>
    public Task<bool> VerifyAsync(CredentialKey credential, string password, PasswordHash hash, CancellationToken ct)
    {
        var key = (credential, hash);
        var check = running.GetOrAdd(key, asked => new Lazy<Task<bool>>(() => RunAsync(asked, password)));

        // The check is shared, so one caller who leaves must not end it for the others.
        return check.Value.WaitAsync(ct);
    }

    /// <summary>Hashes a new password, in the same line.</summary>
    /// <exception cref="RegistryException"><c>TOO_MANY_REQUEST</c>: too many are waiting.</exception>
    public Task<PasswordHash> HashAsync(string password, CancellationToken ct) => InLineAsync(() => PasswordHash.Create(password, options.Rounds), ct);

    public void Dispose() => slots.Dispose();

    private async Task<bool> RunAsync((CredentialKey, PasswordHash Hash) key, string password)
    {
        try
        {
            return await InLineAsync(() =>
            {
                Interlocked.Increment(ref runs);
                return key.Hash.Verify(password);
            }, CancellationToken.None);
        }
        finally
        {
            running.TryRemove(key, out _);
        }
    }

    private async Task<T> InLineAsync<T>(Func<T> work, CancellationToken ct)
    {
        try
        {
            if (Interlocked.Increment(ref waiting) > MaxWaiting)
            {
                throw new RegistryException(ErrorCode.TooManyRequests, "too many sign-ins at once, try again");
            }

            await slots.WaitAsync(ct);
            try
            {
                return await Task.Run(work, CancellationToken.None);
            }
            finally
            {
                slots.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }
}
