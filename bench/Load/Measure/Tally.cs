namespace Harbor.Load.Measure;

/// <summary>What one client, or all of them together, did in one phase.</summary>
internal sealed class Tally
{
    public Histogram Latency { get; } = new();

    public Histogram FirstByte { get; } = new();

    /// <summary>The same again for each kind of operation, in a scenario that mixes several.</summary>
    public SortedDictionary<string, Tally> Parts { get; } = new(StringComparer.Ordinal);

    /// <summary>Reasons of failure and how often each was met.</summary>
    public SortedDictionary<string, long> Failures { get; } = new(StringComparer.Ordinal);

    public long Bytes { get; private set; }

    public void Record(Sample sample)
    {
        Latency.Record(sample.Elapsed);
        Bytes += sample.Bytes;
        if (sample.FirstByte is { } firstByte)
        {
            FirstByte.Record(firstByte);
        }

        if (sample.Part is { } part)
        {
            Part(part).Record(sample with { Part = null });
        }
    }

    public void Fail(string reason, long times = 1) => Failures[reason] = Failures.GetValueOrDefault(reason) + times;

    public void Add(Tally other)
    {
        Latency.Add(other.Latency);
        FirstByte.Add(other.FirstByte);
        Bytes += other.Bytes;
        foreach (var (reason, times) in other.Failures)
        {
            Fail(reason, times);
        }

        foreach (var (name, part) in other.Parts)
        {
            Part(name).Add(part);
        }
    }

    private Tally Part(string name)
    {
        if (!Parts.TryGetValue(name, out var part))
        {
            Parts[name] = part = new Tally();
        }

        return part;
    }
}
