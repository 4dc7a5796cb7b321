using Harbor.Contracts;
using Harbor.Modules.Artifacts.Deletion;
using Harbor.Modules.Retention;
using Harbor.Oci;
using Xunit;

namespace Harbor.Unit.Retention;

public sealed class RetentionPolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    // Pushed so many days ago: a 1, b 2, c 3, d 40; pulled: a never, b 5, c 1, d 35. Of b and e nothing tells which was pushed first.
    private static readonly PruneCandidate A = Artifact(1, pushed: 1, pulled: null, "v1", "latest");
    private static readonly PruneCandidate B = Artifact(2, pushed: 2, pulled: 5, "v2");
    private static readonly PruneCandidate C = Artifact(3, pushed: 3, pulled: 1, "dev-1");
    private static readonly PruneCandidate D = Artifact(4, pushed: 40, pulled: 35);
    private static readonly PruneCandidate E = Artifact(5, pushed: 2, pulled: null, "dev-2");
    private static readonly PruneCandidate[] All = [A, B, C, D, E];

    [Theory]
    [InlineData("always", null, "1 2 3 4 5")]
    [InlineData("nothing", null, "")]
    [InlineData("latestPushedK", "0", "")]
    [InlineData("latestPushedK", "1", "1")]
    [InlineData("latestPushedK", "2", "1 5")]                // of two alike, the one that came here later
    [InlineData("latestPushedK", "3", "1 2 5")]
    [InlineData("latestPushedK", "32766", "1 2 3 4 5")]
    [InlineData("latestPushedK", null, "1 2 3 4 5")]
    [InlineData("latestPulledN", "1", "3")]
    [InlineData("latestPulledN", "3", "2 3 4")]
    [InlineData("latestPulledN", "4", "2 3 4 5")]            // what was never pulled comes last, and counts
    [InlineData("latestActiveK", "2", "1 3")]
    [InlineData("nDaysSinceLastPush", "0", "")]
    [InlineData("nDaysSinceLastPush", "2", "1 2 5")]         // to the instant
    [InlineData("nDaysSinceLastPush", null, "1 2 3 5")]
    [InlineData("nDaysSinceLastPush", "20190904", "1 2 3 4 5")]
    [InlineData("nDaysSinceLastPull", "5", "2 3")]
    [InlineData("nDaysSinceLastPull", "20190904", "2 3 4")]  // what was never pulled was not pulled within any number of days
    [InlineData("nDaysSinceLastPull", "\"7\"", "2 3")]       // no number: 30
    [InlineData("lastXDays", "1", "1")]
    [InlineData("lastXDays", null, "1 2 3 5")]
    public void Each_template_retains_what_its_name_says(string template, string? parameter, string retained) =>
        Assert.Equal(retained, Retained(Policy(Rule(template, parameter))));

    [Theory]
    [InlineData("matches", "v*", null, "1 2 4")]             // artifacts without a tag match unless told otherwise
    [InlineData("matches", "v*", "{\"untagged\":false}", "1 2")]
    [InlineData("matches", "v*", "{}", "1 2")]
    [InlineData("matches", "", "{\"untagged\":false}", "1 2 3 5")]
    [InlineData("matches", "{latest,dev-2}", "{\"untagged\":false}", "1 5")]
    [InlineData("matches", "nothing", "{\"untagged\":true}", "4")]
    [InlineData("excludes", "v*", null, "1 3 4 5")]          // "latest" is a tag that does not match
    [InlineData("excludes", "{v*,latest}", null, "3 4 5")]
    [InlineData("excludes", "v*", "{\"untagged\":true}", "1 3 5")]
    [InlineData("excludes", "", null, "4")]
    public void Tags_select_artifacts_by_any_of_them(string decoration, string pattern, string? extras, string retained) =>
        Assert.Equal(retained, Retained(Policy(Rule("always", null, Selector(decoration, pattern, extras)))));

    [Fact]
    public void Several_selectors_of_a_rule_must_all_select() =>
        Assert.Equal("1", Retained(Policy(Rule("always", null, Selector("matches", "v*", "{\"untagged\":false}"), Selector("matches", "latest", "{\"untagged\":false}")))));

    [Fact]
    public void One_of_several_rules_is_enough_to_stay() =>
        Assert.Equal("1 3", Retained(Policy(Rule("latestPushedK", "1"), Rule("latestPulledN", "1"))));

    [Fact]
    public void A_count_is_of_what_the_selectors_leave() =>
        Assert.Equal("5", Retained(Policy(Rule("latestPushedK", "1", Selector("matches", "dev-*", "{\"untagged\":false}")))));

    [Fact]
    public void A_rule_that_is_switched_off_retains_nothing_and_covers_nothing()
    {
        var off = Rule("always", null) with { Disabled = true };

        Assert.Equal("1", Retained(Policy(off, Rule("latestPushedK", "1"))));
        Assert.False(Policy(off).Covers("web"));
    }

    [Theory]
    [InlineData("repoMatches", "web/**", "web", false)]
    [InlineData("repoMatches", "web/**", "web/app", true)]
    [InlineData("repoMatches", "*", "web/app", false)]
    [InlineData("repoMatches", "", "web/app", true)]
    [InlineData("repoExcludes", "web", "web", false)]
    [InlineData("repoExcludes", "web", "app", true)]
    public void Repositories_are_selected_by_their_name_without_the_project(string decoration, string pattern, string repository, bool covered)
    {
        var policy = Policy(Rule("nothing", null) with { ScopeSelectors = Scope(Selector(decoration, pattern)) });

        Assert.Equal(covered, policy.Covers(repository));
        Assert.Equal(covered ? All.Length : 0, policy.Judge(repository, All, Now).Count);
    }

    [Fact]
    public void A_rule_for_another_repository_retains_nothing_here()
    {
        var elsewhere = Rule("always", null) with { ScopeSelectors = Scope(Selector("repoMatches", "app")) };

        Assert.Equal("1", Retained(Policy(elsewhere, Rule("latestPushedK", "1"))));
    }

    private static PruneCandidate Artifact(long id, int pushed, int? pulled, params string[] tags) => new(
        id, Digest.Of([(byte)id]), "IMAGE", tags, [], Now.AddDays(-pushed), pulled is { } days ? Now.AddDays(-days) : null, Now.AddDays(-pushed), IsFresh: false);

    private static RetentionRuleDto Rule(string template, string? parameter, params RetentionSelectorDto[] tags) => new()
    {
        Template = template,
        Params = parameter is null ? null : new Dictionary<string, RawJson> { [template] = new(parameter) },
        TagSelectors = tags.Length > 0 ? tags : [Selector("matches", "**")],
        ScopeSelectors = Scope(Selector("repoMatches", "**")),
    };

    private static Dictionary<string, IReadOnlyList<RetentionSelectorDto>> Scope(params RetentionSelectorDto[] selectors) => new() { ["repository"] = selectors };

    private static RetentionSelectorDto Selector(string decoration, string pattern, string? extras = null) =>
        new() { Kind = "doublestar", Decoration = decoration, Pattern = pattern, Extras = extras };

    private static RetentionPolicy Policy(params RetentionRuleDto[] rules) => RetentionDefinition.From(new RetentionPolicyDto { Rules = rules }).ToPolicy();

    private static string Retained(RetentionPolicy policy)
    {
        var condemned = policy.Judge("web", All, Now);
        return string.Join(' ', All.Where(each => !condemned.Contains(each.Id)).Select(each => each.Id));
    }
}
