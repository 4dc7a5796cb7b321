using System.Globalization;
using Harbor.Platform.Data;
using Harbor.Platform.Settings;

namespace Harbor.Platform.Jobs;

/// <summary>How this process takes part in the work.</summary>
/// <param name="Workers">Tasks that run at once in this process (<c>MAX_JOB_WORKERS</c>). Default 10.</param>
public sealed record JobOptions(int Workers)
{
    private const int Standard = 10;
    private const int Most = 1000;

    /// <exception cref="StartupException">The number cannot be used.</exception>
    public static JobOptions Read(HarborOptions options) => options.Variable("MAX_JOB_WORKERS") switch
    {
        null => new JobOptions(Standard),
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var workers) && workers is > 0 and <= Most => new JobOptions(workers),
        var text => throw new StartupException($"MAX_JOB_WORKERS: '{text}' is not a whole number from 1 to {Most}."),
    };
}
