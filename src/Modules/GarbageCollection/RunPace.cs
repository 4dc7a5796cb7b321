using System.Globalization;
using Harbor.Modules.Artifacts.Collection;

namespace Harbor.Modules.GarbageCollection;

/// <summary>Says from time to time how fast a run goes, and when it will be over if it goes on so.</summary>
/// <param name="expected">How many blobs and manifests there are to free, as estimated.</param>
internal sealed class RunPace(TimeProvider clock, long expected)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly long begun = clock.GetTimestamp();
    private TimeSpan told;

    /// <summary>A line, if it is time for one; else null.</summary>
    public string? Tell(Collected now)
    {
        var elapsed = clock.GetElapsedTime(begun);
        if (elapsed - told < Interval)
        {
            return null;
        }

        told = elapsed;
        var done = now.Blobs + now.Manifests;
        var rate = done / elapsed.TotalSeconds;
        var rest = expected - done;
        var eta = rate > 0 && rest > 0 ? $", about {TimeSpan.FromSeconds(Math.Ceiling(rest / rate)):hh\\:mm\\:ss} to go" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{now.Blobs} blobs and {now.Manifests} manifests of {expected} deleted, {now.Reviewed} blobs looked at, {rate:0.#} deleted/s{eta}");
    }
}
