using System.Collections.Concurrent;

namespace Harbor.Modules.Identity;

/// <summary>Slows guessing: after a failed sign-in the name is locked for a moment, in this process.</summary>
internal sealed class SignInLock(TimeProvider clock)
{
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(1.5);

    private readonly ConcurrentDictionary<string, long> lockedSince = new(StringComparer.Ordinal);

    public bool IsLocked(string principal) =>
        lockedSince.TryGetValue(principal, out var since) && clock.GetElapsedTime(since) < Duration;

    /// <summary>Locks the name. Names whose time is over are forgotten on the way: as many are kept as failed within the duration.</summary>
    public void Lock(string principal)
    {
        foreach (var (name, since) in lockedSince)
        {
            if (clock.GetElapsedTime(since) >= Duration)
            {
                lockedSince.TryRemove(new KeyValuePair<string, long>(name, since));
            }
        }

        lockedSince[principal] = clock.GetTimestamp();
    }
}
