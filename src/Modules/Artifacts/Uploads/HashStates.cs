using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Harbor.Modules.Artifacts.Uploads;

/// <summary>Running hashes of uploads between two chunks. Only a short cut: without one, the accepted bytes are hashed again.</summary>
internal sealed class HashStates
{
    private const int MaxKept = 10_000;

    private readonly ConcurrentDictionary<Guid, (IncrementalHash Hash, long Length)> states = new();

    /// <summary>Takes the state out, if it stands at <paramref name="length"/> bytes.</summary>
    public IncrementalHash? Take(Guid upload, long length)
    {
        if (!states.TryRemove(upload, out var state))
        {
            return null;
        }

        if (state.Length == length)
        {
            return state.Hash;
        }

        state.Hash.Dispose();
        return null;
    }

    public void Keep(Guid upload, IncrementalHash hash, long length)
    {
        if (states.Count >= MaxKept)
        {
            foreach (var stale in states.Keys.Take(MaxKept / 10))
            {
                Drop(stale);
            }
        }

        states[upload] = (hash, length);
    }

    public void Drop(Guid upload)
    {
        if (states.TryRemove(upload, out var state))
        {
            state.Hash.Dispose();
        }
    }
}
