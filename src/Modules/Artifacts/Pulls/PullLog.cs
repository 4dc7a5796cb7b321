using System.Runtime.InteropServices;

namespace Harbor.Modules.Artifacts.Pulls;

/// <summary>Pulls that were served and are not written down yet. A pull itself writes nothing.</summary>
/// <remarks>
/// Its size is bounded: of the pulls between two flushes the first are kept one by one; when there are more, those that are alike are
/// counted together; and what is left over after that is only counted.
/// </remarks>
public sealed class PullLog(TimeProvider clock)
{
    /// <summary>How many pulls between two flushes are kept one by one.</summary>
    public const int MaxSeparate = 2_000;

    /// <summary>How many different ones are kept beyond those.</summary>
    public const int MaxDistinct = 20_000;

    private readonly Lock gate = new();
    private List<(Pull Pull, long At)> separate = [];
    private Dictionary<Pull, (int Times, long At)> together = [];
    private long lost;

    public void Add(Pull pull)
    {
        var now = clock.GetTimestamp();
        lock (gate)
        {
            if (separate.Count < MaxSeparate)
            {
                separate.Add((pull, now));
            }
            else if (together.Count < MaxDistinct || together.ContainsKey(pull))
            {
                ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(together, pull, out var exists);
                count = (count.Times + 1, exists ? count.At : now);
            }
            else
            {
                lost++;
            }
        }
    }

    /// <summary>Takes everything out.</summary>
    internal PullBatch Take()
    {
        lock (gate)
        {
            var batch = new PullBatch([.. separate.Select(each => (each.Pull, 1, each.At)), .. together.Select(each => (each.Key, each.Value.Times, each.Value.At))], lost);
            (separate, together, lost) = ([], [], 0);
            return batch;
        }
    }
}

/// <param name="Pulls">Each with its number and the timestamp of the first.</param>
/// <param name="Lost">Pulls of which nothing but this number is known.</param>
internal sealed record PullBatch(IReadOnlyList<(Pull Pull, int Times, long At)> Pulls, long Lost)
{
    public static readonly PullBatch Empty = new([], 0);

    public bool IsEmpty => Pulls.Count == 0 && Lost == 0;
}
