namespace Harbor.Modules.Fsck;

/// <summary>What a check looks at and what it may do.</summary>
public sealed record FsckOptions
{
    /// <summary>Whether every byte is read and hashed, and not only looked for. Takes as long as reading the whole store.</summary>
    public bool Deep { get; init; }

    /// <summary>Whether what can be mended is mended, and what cannot is marked, so that a push heals it.</summary>
    public bool Repair { get; init; }

    /// <summary>Whether bytes that no row owns are queued for erasing.</summary>
    public bool EraseOrphans { get; init; }

    /// <summary>How old they must be for that, by the time of their last write. Default 24 hours.</summary>
    public TimeSpan OlderThan { get; init; } = TimeSpan.FromHours(24);

    internal bool Changes => Repair || EraseOrphans;
}
