namespace Harbor.Modules.Fsck;

/// <summary>What became of a finding.</summary>
public enum FindingOutcome
{
    /// <summary>It is as it was.</summary>
    Remains,

    /// <summary>It is right again.</summary>
    Repaired,

    /// <summary>The blob answers as if it were not there, until a push brings it again.</summary>
    MarkedLost,

    /// <summary>The server erases it.</summary>
    Queued,
}
