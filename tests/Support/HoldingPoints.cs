using System.Collections.Concurrent;
using Harbor.Platform.Diagnostics;

namespace Harbor.Support;

/// <summary>Pause points in a test's hand: it says where the next visitor is held, learns when he is there, and lets him go on.</summary>
public sealed class HoldingPoints : PausePoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<Hold> holds = [];
    private readonly ConcurrentDictionary<string, int> visits = new(StringComparer.Ordinal);

    /// <summary>How often each point was reached, held or not.</summary>
    public IReadOnlyDictionary<string, int> Visits => visits;

    /// <summary>Holds whoever reaches <paramref name="name"/> next; those after him pass.</summary>
    public Hold HoldAt(string name)
    {
        var hold = new Hold(name);
        lock (holds)
        {
            holds.Add(hold);
        }

        return hold;
    }

    public override ValueTask ReachAsync(string name, CancellationToken ct)
    {
        visits.AddOrUpdate(name, 1, (_, count) => count + 1);
        Hold? hold;
        lock (holds)
        {
            hold = holds.Find(waiting => waiting.Name == name);
            if (hold is not null)
            {
                holds.Remove(hold);
            }
        }

        return hold is null ? ValueTask.CompletedTask : new ValueTask(hold.StayAsync(ct));
    }

    /// <summary>One visitor's stop.</summary>
    public sealed class Hold(string name)
    {
        private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => name;

        /// <summary>Waits until the visitor is there.</summary>
        /// <exception cref="TimeoutException">Nobody came: the code no longer passes this point.</exception>
        public async Task ReachedAsync()
        {
            try
            {
                await reached.Task.WaitAsync(Patience);
            }
            catch (TimeoutException e)
            {
                throw new TimeoutException($"Nobody reached the pause point {name}.", e);
            }
        }

        public void Release() => released.TrySetResult();

        internal Task StayAsync(CancellationToken ct)
        {
            reached.TrySetResult();
            return released.Task.WaitAsync(ct);
        }
    }
}
