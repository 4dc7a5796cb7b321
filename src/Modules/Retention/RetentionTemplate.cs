using System.Collections.Frozen;
using Harbor.Modules.Artifacts.Deletion;

namespace Harbor.Modules.Retention;

/// <summary>One way to say which of the selected artifacts stay. The parameter of a template has the template's own name.</summary>
internal sealed class RetentionTemplate
{
    /// <summary>Counts are below this, as in Harbor.</summary>
    public const long MaxCount = 32_766;

    /// <summary>More days than that are none, as in Harbor.</summary>
    public const long MaxDays = 20_190_904;

    /// <summary>What a repository gets by a template that keeps everything.</summary>
    public const string Always = "always";

    private static readonly FrozenDictionary<string, RetentionTemplate> All = new RetentionTemplate[]
    {
        Newest("latestPushedK", "the most recently pushed # artifacts", each => each.PushTime),
        Newest("latestPulledN", "the most recently pulled # artifacts", each => each.PullTime),
        Within("nDaysSinceLastPush", "pushed within the last # days", 30, each => each.PushTime),
        Within("nDaysSinceLastPull", "pulled within the last # days", 30, each => each.PullTime),
        new(Always, RetentionUnit.None, 0, "always", (selected, _, _) => selected),

        // Known to Harbor, and not advertised.
        Newest("latestActiveK", null, each => each.PullTime > each.PushTime ? each.PullTime : each.PushTime),
        Within("lastXDays", null, 10, each => each.PushTime),
        new("nothing", RetentionUnit.None, 0, null, (_, _, _) => []),
    }.ToFrozenDictionary(template => template.Name, StringComparer.Ordinal);

    private readonly Func<IReadOnlyList<PruneCandidate>, long, DateTimeOffset, IEnumerable<PruneCandidate>> retain;

    private RetentionTemplate(
        string name, RetentionUnit unit, long standard, string? displayText,
        Func<IReadOnlyList<PruneCandidate>, long, DateTimeOffset, IEnumerable<PruneCandidate>> retain)
    {
        (Name, Unit, Standard, DisplayText) = (name, unit, standard, displayText);
        this.retain = retain;
    }

    /// <summary>Those that people are offered, in Harbor's order.</summary>
    public static IReadOnlyList<RetentionTemplate> Advertised { get; } =
        [All["latestPushedK"], All["latestPulledN"], All["nDaysSinceLastPush"], All["nDaysSinceLastPull"], All[Always]];

    public string Name { get; }

    public RetentionUnit Unit { get; }

    /// <summary>What stands where the parameter is absent, or no number of 0 or more.</summary>
    public long Standard { get; }

    /// <summary>Null: not advertised.</summary>
    public string? DisplayText { get; }

    /// <summary>Largest parameter.</summary>
    public long Maximum => Unit == RetentionUnit.Days ? MaxDays : MaxCount;

    public static RetentionTemplate? Find(string? name) => name is null ? null : All.GetValueOrDefault(name);

    public IEnumerable<PruneCandidate> Retain(IReadOnlyList<PruneCandidate> selected, long parameter, DateTimeOffset now) => retain(selected, parameter, now);

    // Of two alike, the one that came here later stays; what never happened is the oldest of all.
    private static RetentionTemplate Newest(string name, string? displayText, Func<PruneCandidate, DateTimeOffset?> time) => new(
        name, RetentionUnit.Count, 10, displayText,
        (selected, count, _) => selected.OrderByDescending(each => time(each) ?? DateTimeOffset.MinValue).ThenByDescending(each => each.Id).Take((int)count));

    // More days than there have been are all of time.
    private static RetentionTemplate Within(string name, string? displayText, long standard, Func<PruneCandidate, DateTimeOffset?> time) => new(
        name, RetentionUnit.Days, standard, displayText, (selected, days, now) =>
        {
            var since = days < (now - DateTimeOffset.MinValue).TotalDays ? now.AddDays(-days) : DateTimeOffset.MinValue;
            return selected.Where(each => time(each) >= since);
        });
}

/// <summary>What the parameter of a template counts.</summary>
internal enum RetentionUnit
{
    None,
    Count,
    Days,
}
