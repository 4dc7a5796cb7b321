namespace Harbor.Modules.Fsck;

/// <summary>One thing that is not as it should be.</summary>
/// <param name="Digest">Digest of the blob or manifest; null when there is none.</param>
/// <param name="Location">Where the bytes lie or should lie; null for a manifest, which is in the database.</param>
/// <param name="SizeBytes">Length that the row says, or that a file without a row has.</param>
/// <param name="Repositories">Some of the repositories that are concerned, by full name.</param>
/// <param name="Detail">What was found, in words.</param>
public sealed record Finding(
    FindingKind Kind, FindingOutcome Outcome, string? Digest, string? Location, long? SizeBytes, IReadOnlyList<string> Repositories, string Detail)
{
    /// <summary>Whether somebody still has to do something.</summary>
    public bool IsOpen => Outcome is FindingOutcome.Remains or FindingOutcome.MarkedLost;
}
