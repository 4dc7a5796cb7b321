using System.Collections.Concurrent;
using Harbor.Modules.Identity;

namespace Harbor.Modules.Robots;

/// <summary>Checks the secrets of robots. One that was good once is known again without the hash.</summary>
/// <remarks>
/// What is kept is bound to the robot's stored hash of the moment: it is worthless as soon as the secret changes or the robot goes,
/// and the hash is read through a cache that every change evicts.
/// </remarks>
/// <param name="find">The robot of a full name.</param>
internal sealed class RobotLogins(Func<string, CancellationToken, ValueTask<RobotFact?>> find, SignInGuard guard, TimeProvider clock)
{
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<CredentialKey, PasswordHash> verified = new();
    private int checks;

    /// <summary>How many secrets were hashed since the start.</summary>
    public int Checks => checks;

    /// <summary>The robot; null when there is none, the secret is not its own, or it is disabled or expired. All of these take the same time.</summary>
    /// <param name="fullName">Without the prefix of login names.</param>
    public async ValueTask<RobotFact?> TryAsync(string fullName, string secret, SignInOrigin origin, CancellationToken ct)
    {
        var robot = await find(fullName, ct);
        return Verify(fullName, secret, origin, robot?.Secret) && robot!.IsAlive(clock) ? robot : null;
    }

    private bool Verify(string fullName, string secret, SignInOrigin origin, PasswordHash? hash)
    {
        var credential = CredentialKey.Of(fullName, secret);
        if (hash is not null && verified.TryGetValue(credential, out var good) && good == hash)
        {
            return true;
        }

        // Given back at once: what a failure costs the check of users charges, which comes next. None left, and nothing is guessed here.
        if (!guard.TryTakeCredit(origin))
        {
            return false;
        }

        guard.ReturnCredit(origin);
        Interlocked.Increment(ref checks);
        if (!(hash ?? PasswordHash.OfNoMachine).Verify(secret))
        {
            return false;
        }

        if (verified.Count >= Capacity)
        {
            verified.Clear();
        }

        verified[credential] = hash!;
        return true;
    }
}
