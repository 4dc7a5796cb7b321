using System.Diagnostics;

namespace Harbor.Load.Measure;

internal static class Elapsed
{
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    /// <summary>Nanoseconds between two Stopwatch time stamps.</summary>
    public static long Nanoseconds(long from, long to) => (long)((to - from) * NanosecondsPerTick);
}
