using System.Numerics;

namespace Harbor.Load.Measure;

/// <summary>Durations in nanoseconds, counted in buckets whose width is at most 1/128 of their value.</summary>
/// <remarks>Memory is constant however long a run lasts. Not thread-safe: each client fills its own, which are then added up.</remarks>
internal sealed class Histogram
{
    private const int BucketsPerDoublingBits = 7;
    private const int BucketsPerDoubling = 1 << BucketsPerDoublingBits;

    private readonly long[] counts = new long[IndexOf(long.MaxValue) + 1];

    public long Count { get; private set; }

    public long Max { get; private set; }

    public void Record(long nanoseconds)
    {
        nanoseconds = Math.Max(0, nanoseconds);
        counts[IndexOf(nanoseconds)]++;
        Count++;
        Max = Math.Max(Max, nanoseconds);
    }

    public void Add(Histogram other)
    {
        for (var index = 0; index < counts.Length; index++)
        {
            counts[index] += other.counts[index];
        }

        Count += other.Count;
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>The smallest recorded value that <paramref name="percent"/> of all values do not exceed (nearest rank),
    /// rounded up to the end of its bucket. Zero when nothing was recorded.</summary>
    public long Percentile(int percent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(percent, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        var rank = ((Count * percent) + 99) / 100;   // whole numbers: 0.99 * count would round the wrong way now and then
        long seen = 0;
        for (var index = 0; index < counts.Length; index++)
        {
            seen += counts[index];
            if (seen >= rank && seen > 0)
            {
                return Math.Min(HighestIn(index), Max);
            }
        }

        return 0;
    }

    // Values below 256 have a bucket each; above, every doubling is cut into 128 equal buckets.
    private static int IndexOf(long value)
    {
        var shift = Math.Max(0, 63 - BitOperations.LeadingZeroCount((ulong)value) - BucketsPerDoublingBits);
        return (shift << BucketsPerDoublingBits) + (int)(value >> shift);
    }

    private static long HighestIn(int index)
    {
        if (index < 2 * BucketsPerDoubling)
        {
            return index;
        }

        var shift = (index >> BucketsPerDoublingBits) - 1;
        long first = index - (shift << BucketsPerDoublingBits);
        return ((first + 1) << shift) - 1;
    }
}
