namespace Harbor.Modules.Fsck;

/// <summary>How far a check is, and at its end what it has seen. Read while it runs, too.</summary>
public sealed class FsckTally
{
    private readonly Lock counting = new();
    private readonly Dictionary<(FindingKind Kind, FindingOutcome Outcome), (long Count, long Bytes)> findings = [];

    /// <summary>What it is at, such as <c>blobs</c>.</summary>
    public string Phase { get; internal set; } = "database";

    /// <summary>Blobs that the database had at the beginning.</summary>
    public long BlobsExpected { get; internal set; }

    /// <summary>Rows of blobs that were compared with the store.</summary>
    public long Blobs { get; internal set; }

    /// <summary>Their length together.</summary>
    public long BlobBytes { get; internal set; }

    /// <summary>Bytes that were read and hashed.</summary>
    public long BytesRead { get; internal set; }

    /// <summary>Artifacts whose manifests were looked at.</summary>
    public long Manifests { get; internal set; }

    /// <summary>Files, or objects, that were compared with the rows.</summary>
    public long Files { get; internal set; }

    /// <summary>Locations that wait to be erased, what this check queued included.</summary>
    public long Waiting { get; internal set; }

    /// <summary>Findings that somebody still has to do something about.</summary>
    public long Open { get; private set; }

    /// <summary>Number and length of the findings of each kind, by what became of them.</summary>
    public IReadOnlyList<(FindingKind Kind, FindingOutcome Outcome, long Count, long Bytes)> Findings
    {
        get
        {
            lock (counting)
            {
                return [.. findings.OrderBy(entry => entry.Key).Select(entry => (entry.Key.Kind, entry.Key.Outcome, entry.Value.Count, entry.Value.Bytes))];
            }
        }
    }

    internal void Add(Finding finding)
    {
        lock (counting)
        {
            var (count, bytes) = findings.GetValueOrDefault((finding.Kind, finding.Outcome));
            findings[(finding.Kind, finding.Outcome)] = (count + 1, bytes + (finding.SizeBytes ?? 0));
            Open += finding.IsOpen ? 1 : 0;
        }
    }
}
