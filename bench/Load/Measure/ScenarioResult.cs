namespace Harbor.Load.Measure;

/// <summary>What a report says about one scenario. Megabytes are 1,000,000 bytes.</summary>
/// <param name="Errors">Operations that did not end as expected; they are not in any other figure.</param>
/// <param name="ClientCpuSeconds">What the load itself cost on the same machine.</param>
/// <param name="Server">Null when no process was watched.</param>
internal sealed record ScenarioResult(
    string Scenario,
    int Connections,
    double Seconds,
    Figures Total,
    IReadOnlyDictionary<string, Figures> Parts,
    long Errors,
    IReadOnlyDictionary<string, long> Failures,
    double ClientCpuSeconds,
    ServerFigures? Server)
{
    public static ScenarioResult Of(
        string scenario, int connections, TimeSpan elapsed, Tally tally, double clientCpuSeconds, ServerFigures? server) =>
        new(
            scenario,
            connections,
            elapsed.TotalSeconds,
            Figures.Of(tally, elapsed),
            tally.Parts.ToDictionary(part => part.Key, part => Figures.Of(part.Value, elapsed)),
            tally.Failures.Values.Sum(),
            tally.Failures,
            clientCpuSeconds,
            server);

    /// <summary>A scenario that could not begin.</summary>
    public static ScenarioResult Failed(string scenario, int connections, string reason)
    {
        var tally = new Tally();
        tally.Fail(reason);
        return Of(scenario, connections, TimeSpan.Zero, tally, 0, null);
    }
}

/// <param name="FirstByte">Null where an operation is more than one request.</param>
internal sealed record Figures(
    long Operations, double OperationsPerSecond, long Bytes, double MegabytesPerSecond, Milliseconds Latency, Milliseconds? FirstByte)
{
    public static Figures Of(Tally tally, TimeSpan elapsed)
    {
        var seconds = elapsed.TotalSeconds;
        var operations = tally.Latency.Count;
        return new(
            operations,
            seconds > 0 ? operations / seconds : 0,
            tally.Bytes,
            seconds > 0 ? tally.Bytes / seconds / 1e6 : 0,
            Milliseconds.Of(tally.Latency),
            tally.FirstByte.Count > 0 ? Milliseconds.Of(tally.FirstByte) : null);
    }
}

/// <summary>A distribution of durations, in milliseconds.</summary>
internal sealed record Milliseconds(double P50, double P95, double P99, double Max)
{
    public static Milliseconds Of(Histogram histogram) => new(
        histogram.Percentile(50) / 1e6, histogram.Percentile(95) / 1e6, histogram.Percentile(99) / 1e6, histogram.Max / 1e6);
}

/// <summary>What the watched processes used while the scenario was measured. Megabytes are 1,000,000 bytes.</summary>
/// <param name="CpuNanosecondsPerByte">Null when nothing was carried.</param>
/// <param name="ResidentMegabytes">At the end; see <see cref="ProcessUsage"/>.</param>
/// <param name="ProportionalMegabytes">At the end; a page shared by several processes counts once.</param>
internal sealed record ServerFigures(
    int Processes,
    double CpuSeconds,
    double? CpuNanosecondsPerByte,
    double? CpuMicrosecondsPerOperation,
    double ResidentMegabytes,
    double ProportionalMegabytes,
    double PeakMegabytes)
{
    public static ServerFigures Of(ProcessUsage before, ProcessUsage after, Tally tally)
    {
        var seconds = after.CpuSeconds - before.CpuSeconds;
        return new(
            after.Processes,
            seconds,
            tally.Bytes > 0 ? seconds * 1e9 / tally.Bytes : null,
            tally.Latency.Count > 0 ? seconds * 1e6 / tally.Latency.Count : null,
            after.Resident / 1e6,
            after.Proportional / 1e6,
            after.Peak / 1e6);
    }
}
