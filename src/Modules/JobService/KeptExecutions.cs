using System.Globalization;
using Harbor.Platform.Data;
using Harbor.Platform.Settings;

namespace Harbor.Modules.JobService;

/// <summary>How many executions of each vendor type the sweep leaves, by policy: Harbor's numbers, which the environment may change.</summary>
internal sealed class KeptExecutions
{
    private static readonly (string VendorType, int Count, string Variable)[] Standard =
    [
        ("IMAGE_SCAN", 1, "IMAGE_SCAN"),
        ("SBOM", 1, "SBOM"),
        ("SCAN_ALL", 1, "SCAN_ALL"),
        ("PURGE_AUDIT_LOG", 10, "PURGE_AUDIT"),
        ("EXECUTION_SWEEP", 10, "EXECUTION_SWEEP"),
        ("GARBAGE_COLLECTION", 50, "GARBAGE_COLLECTION"),
        ("SLACK", 50, "SLACK"),
        ("WEBHOOK", 50, "WEBHOOK"),
        ("REPLICATION", 50, "REPLICATION"),
        ("SCAN_DATA_EXPORT", 50, "SCAN_DATA_EXPORT"),
        ("SYSTEM_ARTIFACT_CLEANUP", 50, "SYSTEM_ARTIFACT_CLEANUP"),
        ("P2P_PREHEAT", 50, "P2P_PREHEAT"),
        ("RETENTION", 50, "RETENTION"),
    ];

    /// <exception cref="StartupException">A variable is no number.</exception>
    public KeptExecutions(HarborOptions options)
    {
        Counts = [.. Standard.Select(each => (each.VendorType, Read(options, $"{each.Variable}_EXECUTION_RETENTION_COUNT", each.Count)))];
    }

    public IReadOnlyList<(string VendorType, int Count)> Counts { get; }

    private static int Read(HarborOptions options, string variable, int standard) => options.Variable(variable) switch
    {
        null => standard,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 => count,
        var text => throw new StartupException($"{variable}: '{text}' is not a whole number of 1 or more."),
    };
}
