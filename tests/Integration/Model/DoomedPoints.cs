using Harbor.Platform.Diagnostics;

namespace Harbor.Integration.Model;

/// <summary>The process died here.</summary>
internal sealed class KilledException() : Exception("killed");

/// <summary>Pause points of a process that dies at one of its next steps: from then on, whoever reaches one goes no further.</summary>
/// <remarks>A transaction that is open is never committed, and nothing after a commit happens. What no step separates is whole, as in a process that dies a moment later.</remarks>
internal sealed class DoomedPoints : PausePoints
{
    private int steps = int.MaxValue;

    public bool IsDead => Volatile.Read(ref steps) <= 0;

    /// <summary>Lets it die after that many steps.</summary>
    public void DieAfter(int count) => Volatile.Write(ref steps, count);

    public override ValueTask ReachAsync(string name, CancellationToken ct)
    {
        if (IsDead || (Volatile.Read(ref steps) != int.MaxValue && Interlocked.Decrement(ref steps) <= 0))
        {
            throw new KilledException();
        }

        return ValueTask.CompletedTask;
    }
}
