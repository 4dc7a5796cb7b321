namespace Harbor.Modules.Fsck;

/// <summary>One check under way.</summary>
/// <param name="Report">Takes each finding as it is made.</param>
internal sealed record FsckRun(FsckOptions Options, FsckTally Tally, Func<Finding, Task> Report)
{
    public Task TellAsync(Finding finding)
    {
        Tally.Add(finding);
        return Report(finding);
    }
}
