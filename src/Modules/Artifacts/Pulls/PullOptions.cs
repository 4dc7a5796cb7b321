using System.Globalization;
using Harbor.Platform.Data;
using Harbor.Platform.Settings;

namespace Harbor.Modules.Artifacts.Pulls;

/// <summary>What the operator says of writing pulls down.</summary>
/// <param name="Interval">Time between two writes (<c>ARTIFACT_PULL_ASYNC_FLUSH_DURATION</c>, seconds); zero: each pull is written down before it ends. Default 1 s.</param>
/// <param name="CountsNothing">No pull is counted (<c>PULL_COUNT_UPDATE_DISABLE</c>), whatever the setting of that name says.</param>
/// <param name="KeepsNoTime">No time of a pull is kept (<c>PULL_TIME_UPDATE_DISABLE</c>), alike.</param>
public sealed record PullOptions(TimeSpan Interval, bool CountsNothing, bool KeepsNoTime)
{
    private const string Duration = "ARTIFACT_PULL_ASYNC_FLUSH_DURATION";
    private const int MaxSeconds = 3600;

    public bool IsSynchronous => Interval == TimeSpan.Zero;

    /// <exception cref="StartupException">A variable has a value that cannot be used.</exception>
    public static PullOptions From(HarborOptions options) =>
        new(Seconds(options.Variable(Duration)), Flag(options, "PULL_COUNT_UPDATE_DISABLE"), Flag(options, "PULL_TIME_UPDATE_DISABLE"));

    private static TimeSpan Seconds(string? text) =>
        string.IsNullOrEmpty(text) ? TimeSpan.FromSeconds(1)
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) && seconds <= MaxSeconds ? TimeSpan.FromSeconds(Math.Max(0, seconds))
        : throw new StartupException($"{Duration}: '{text}' is not a number of seconds up to {MaxSeconds}.");

    private static bool Flag(HarborOptions options, string variable) => options.Variable(variable)?.ToUpperInvariant() switch
    {
        null or "" or "FALSE" or "F" or "0" => false,
        "TRUE" or "T" or "1" => true,
        var other => throw new StartupException($"{variable}: '{other}' is neither true nor false."),
    };
}
