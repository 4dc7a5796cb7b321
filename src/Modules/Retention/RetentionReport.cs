using System.Globalization;
using Harbor.Modules.Artifacts.Deletion;
using Harbor.Platform.Jobs;

namespace Harbor.Modules.Retention;

/// <summary>The table in a task's log: what was judged, and what became of it. Harbor's columns and words.</summary>
internal static class RetentionReport
{
    // A longer one would push the beginning of the log out. What is deleted comes first then.
    private const int MaxRows = 20_000;
    private const int MaxWidth = 60;

    private static readonly string[] Header = ["Digest", "Tag", "Kind", "Labels", "PushedTime", "PulledTime", "CreatedTime", "Retention"];

    public static void Write(Pruned pruned, JobContext job)
    {
        foreach (var line in Lines(pruned))
        {
            job.Log(line);
        }
    }

    internal static IEnumerable<string> Lines(Pruned pruned)
    {
        var shown = pruned.Candidates.Count <= MaxRows
            ? pruned.Candidates
            : [.. pruned.Candidates.OrderByDescending(each => pruned.Deleted.Contains(each.Id)).Take(MaxRows)];
        var rows = shown.Select(each => Cells(each, Word(pruned, each))).Prepend(Header).ToList();
        var widths = Enumerable.Range(0, Header.Length).Select(column => Math.Min(MaxWidth, rows.Max(row => row[column].Length))).ToArray();
        foreach (var (row, at) in rows.Select((row, at) => (row, at)))
        {
            yield return Line(row.Select((cell, column) => cell.PadRight(widths[column])));
            if (at == 0)
            {
                yield return Line(widths.Select(width => new string('-', width)));
            }
        }

        if (shown.Count < pruned.Candidates.Count)
        {
            yield return $"... and {pruned.Candidates.Count - shown.Count} more";
        }

        var spared = pruned.Candidates.Count(each => each.IsFresh);
        if (spared > 0)
        {
            yield return $"{spared} of them were pushed or touched within the grace of garbage collection, and are not deleted yet whatever the rules say.";
        }

        yield return $"Total: {pruned.Candidates.Count}, retained: {pruned.Candidates.Count - pruned.Deleted.Count}, immutable: {pruned.Immutable.Count}";
    }

    private static string Word(Pruned pruned, PruneCandidate artifact) =>
        pruned.Deleted.Contains(artifact.Id) ? "DEL" : pruned.Immutable.Contains(artifact.Id) ? "IMMUTABLE" : "RETAIN";

    private static string[] Cells(PruneCandidate artifact, string word) =>
    [
        artifact.Digest.Value, string.Join(',', artifact.Tags), artifact.Type.ToLowerInvariant(), string.Join(',', artifact.Labels),
        Text(artifact.PushTime), artifact.PullTime is { } pulled ? Text(pulled) : string.Empty, Text(artifact.CreationTime), word,
    ];

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy/MM/dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
}
