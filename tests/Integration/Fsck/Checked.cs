using Harbor.Modules.Fsck;

namespace Harbor.Integration.Fsck;

/// <summary>What one check found.</summary>
internal sealed record Checked(IReadOnlyList<Finding> Findings, FsckTally Tally)
{
    public IEnumerable<(FindingKind Kind, FindingOutcome Outcome)> Kinds => Findings.Select(finding => (finding.Kind, finding.Outcome));

    public static async Task<Checked> RunAsync(ConsistencyCheck check, FsckOptions options)
    {
        var findings = new List<Finding>();
        var tally = new FsckTally();
        await check.RunAsync(options, tally, finding =>
        {
            findings.Add(finding);
            return Task.CompletedTask;
        }, CancellationToken.None);
        return new Checked(findings, tally);
    }
}
