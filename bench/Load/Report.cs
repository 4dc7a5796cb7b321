using System.Globalization;
using System.Text.Json;
using Harbor.Load.Measure;

namespace Harbor.Load;

/// <summary>Results as a table for people and as a file for programs.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static readonly (string Title, int Width)[] Columns =
    [
        ("scenario", -20), ("conn", 4), ("ops", 8), ("errors", 6), ("ops/s", 9), ("MB/s", 8),
        ("p50 ms", 8), ("p95 ms", 8), ("p99 ms", 8), ("ttfb p50", 8), ("ttfb p95", 8),
        ("srv cpu s", 9), ("ns/byte", 8), ("us/op", 9), ("rss MB", 7), ("pss MB", 7), ("peak MB", 7), ("client cpu s", 12),
    ];

    public static void WriteHeader(TextWriter output) => WriteLine(output, [.. Columns.Select(column => column.Title)]);

    public static void WriteRow(TextWriter output, ScenarioResult result)
    {
        var server = result.Server;
        WriteLine(
            output,
            [
                result.Scenario, Whole(result.Connections), .. Load(result.Total, Whole(result.Errors)),
                Number(server?.CpuSeconds, 2), Number(server?.CpuNanosecondsPerByte, 2), Number(server?.CpuMicrosecondsPerOperation, 1),
                Number(server?.ResidentMegabytes, 0), Number(server?.ProportionalMegabytes, 0), Number(server?.PeakMegabytes, 0),
                Number(result.ClientCpuSeconds, 2),
            ]);
        foreach (var (name, figures) in result.Parts)
        {
            WriteLine(output, [$"  {name}", "", .. Load(figures, "")]);
        }

        foreach (var (reason, times) in result.Failures)
        {
            output.WriteLine($"  {times} x {reason}");
        }
    }

    public static void WriteUsage(TextWriter output, ProcessUsage usage) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{usage.Processes} processes, cpu {usage.CpuSeconds:F2} s, rss {usage.Resident / 1e6:F1} MB, ")
        + string.Create(
            CultureInfo.InvariantCulture, $"pss {usage.Proportional / 1e6:F1} MB, peak {usage.Peak / 1e6:F1} MB"));

    public static void WriteJson<T>(string path, T value) => File.WriteAllText(path, JsonSerializer.Serialize(value, Json) + "\n");

    private static string[] Load(Figures figures, string errors) =>
    [
        Whole(figures.Operations), errors, Number(figures.OperationsPerSecond, 1), Number(figures.MegabytesPerSecond, 1),
        Number(figures.Latency.P50, 3), Number(figures.Latency.P95, 3), Number(figures.Latency.P99, 3),
        Number(figures.FirstByte?.P50, 3), Number(figures.FirstByte?.P95, 3),
    ];

    private static void WriteLine(TextWriter output, string[] cells)
    {
        var padded = cells.Zip(Columns, (cell, column) => column.Width < 0 ? cell.PadRight(-column.Width) : cell.PadLeft(column.Width));
        output.WriteLine(string.Join("  ", padded).TrimEnd());
    }

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Number(double? value, int decimals) => value?.ToString($"F{decimals}", CultureInfo.InvariantCulture) ?? "-";
}
