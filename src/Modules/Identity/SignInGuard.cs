using System.Collections.Concurrent;

namespace Harbor.Modules.Identity;

/// <summary>Slows guessing, in this process. What it remembers is bounded, and gone within minutes.</summary>
/// <remarks>
/// After a failure the name is locked for a moment, but only for whoever failed: nobody locks another out by guessing at his name
/// from elsewhere. And every origin may fail only so often under whatever names, or one guess could be tried on each of them.
/// </remarks>
public sealed class SignInGuard(TimeProvider clock)
{
    /// <summary>How long a name is locked, and how long a failure takes to be told.</summary>
    public static readonly TimeSpan LockDuration = TimeSpan.FromSeconds(1.5);

    /// <summary>How many failures an origin has to its credit, and how long it takes to get one back.</summary>
    public const int Credit = 60;

    public static readonly TimeSpan CreditReturn = TimeSpan.FromSeconds(5);

    private const int MaxOrigins = 50_000;

    // A timer may fire early by so much; whoever was told of his failure must not find his name still locked.
    private static readonly TimeSpan TimerTolerance = TimeSpan.FromMilliseconds(50);

    private readonly long started = clock.GetTimestamp();
    private readonly ConcurrentDictionary<(string Principal, SignInOrigin Origin), TimeSpan> locks = new();
    private readonly Lock gate = new();
    private readonly Dictionary<SignInOrigin, TimeSpan> clearAt = [];
    private TimeSpan locksSweptAt;
    private TimeSpan originsSweptAt;

    private TimeSpan Now => clock.GetElapsedTime(started);

    /// <summary>How many names and origins are remembered.</summary>
    internal int Remembered => locks.Count + clearAt.Count;

    /// <summary>Whether a try under this name, from there, fails whatever the password.</summary>
    public bool IsLocked(string principal, SignInOrigin origin) =>
        locks.TryGetValue((principal, origin), out var since) && Now - since < LockDuration - TimerTolerance;

    public void Lock(string principal, SignInOrigin origin)
    {
        var now = Now;
        if (now - locksSweptAt >= LockDuration)
        {
            locksSweptAt = now;
            foreach (var (name, since) in locks)
            {
                if (now - since >= LockDuration)
                {
                    locks.TryRemove(new KeyValuePair<(string, SignInOrigin), TimeSpan>(name, since));
                }
            }
        }

        locks[(principal, origin)] = now;
    }

    /// <summary>Takes the credit for one failure before the password is looked at, so that many tries at once cannot outrun it.</summary>
    /// <returns>False when there is none left.</returns>
    public bool TryTakeCredit(SignInOrigin origin)
    {
        lock (gate)
        {
            var now = Now;
            Sweep(now);
            var clear = clearAt.TryGetValue(origin, out var at) && at > now ? at : now;
            if (clear - now > (Credit - 1) * CreditReturn)
            {
                return false;
            }

            // Whoever commands more networks than are remembered is held up by the pace of the checks alone.
            if (clearAt.Count < MaxOrigins || clearAt.ContainsKey(origin))
            {
                clearAt[origin] = clear + CreditReturn;
            }

            return true;
        }
    }

    /// <summary>Gives back what <see cref="TryTakeCredit"/> took: it was no failure.</summary>
    public void ReturnCredit(SignInOrigin origin)
    {
        lock (gate)
        {
            if (clearAt.TryGetValue(origin, out var at))
            {
                clearAt[origin] = at - CreditReturn;
            }
        }
    }

    private void Sweep(TimeSpan now)
    {
        if (now - originsSweptAt < CreditReturn)
        {
            return;
        }

        originsSweptAt = now;
        foreach (var (origin, at) in clearAt)
        {
            if (at <= now)
            {
                clearAt.Remove(origin);
            }
        }
    }
}
