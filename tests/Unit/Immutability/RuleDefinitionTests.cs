using Harbor.Contracts;
using Harbor.Modules.Immutability;
using Harbor.Oci;
using Xunit;

namespace Harbor.Unit.Immutability;

public sealed class RuleDefinitionTests
{
    [Theory]
    [InlineData("repoMatches", "**", "matches", "v*", true)]
    [InlineData("repoMatches", "team/**", "matches", "v*", true)]
    [InlineData("repoMatches", "web", "matches", "v*", false)]
    [InlineData("repoExcludes", "web", "matches", "v*", true)]
    [InlineData("repoExcludes", "team/*", "matches", "v*", false)]
    [InlineData("repoMatches", "**", "excludes", "v*", false)]
    [InlineData("repoMatches", "**", "excludes", "latest", true)]
    public void A_rule_covers_what_both_its_selectors_select(string repositories, string repository, string tags, string tag, bool covers)
    {
        Assert.True(RepositoryName.TryParse("library/team/web", out var name));

        Assert.Equal(covers, Rules(Rule(repositories, repository, tags, tag)).Cover(name, "v1"));
    }

    [Fact]
    public void The_first_selector_of_each_kind_decides_and_any_rule_is_enough()
    {
        Assert.True(RepositoryName.TryParse("library/web", out var name));
        var rule = Rule("repoMatches", "**", "matches", "v*");
        var two = rule with { TagSelectors = [.. rule.TagSelectors!, .. Rule("repoMatches", "**", "matches", "x").TagSelectors!] };

        Assert.False(Rules(two).Cover(name, "x"));
        Assert.True(Rules(two, Rule("repoMatches", "**", "matches", "x")).Cover(name, "x"));
        Assert.False(ImmutabilityRules.None.Cover(name, "v1"));
    }

    [Fact]
    public void Neither_the_id_nor_being_switched_off_tells_two_rules_apart()
    {
        var rule = Rule("repoMatches", "**", "matches", "v*");

        Assert.Equal(RuleDefinition.From(rule).Fingerprint, RuleDefinition.From(rule with { Id = 7, Disabled = true, Action = "", Template = null }).Fingerprint);
        Assert.NotEqual(RuleDefinition.From(rule).Fingerprint, RuleDefinition.From(rule with { Priority = 1 }).Fingerprint);
        Assert.NotEqual(RuleDefinition.From(rule).Fingerprint, RuleDefinition.From(Rule("repoMatches", "**", "matches", "v")).Fingerprint);
    }

    [Theory]
    [InlineData("matches", "**", "matches", "v*", "doublestar")]
    [InlineData("repoMatches", "**", "repoMatches", "v*", "doublestar")]
    [InlineData("repoMatches", "**", "", "v*", "doublestar")]
    [InlineData("repoMatches", "", "matches", "v*", "doublestar")]
    [InlineData("repoMatches", "**", "matches", "", "doublestar")]
    [InlineData("repoMatches", "**", "matches", "[", "doublestar")]
    [InlineData("repoMatches", "**", "matches", "v*", "label")]
    [InlineData("repoMatches", "**", "matches", "v*", "")]
    public void A_selector_that_means_nothing_is_refused(string repositories, string repository, string tags, string tag, string kind) =>
        Refuses(Rule(repositories, repository, tags, tag, kind));

    [Fact]
    public void A_rule_without_selectors_or_with_too_much_of_them_is_refused()
    {
        var rule = Rule("repoMatches", "**", "matches", "v*");
        var selector = rule.TagSelectors![0];

        Refuses(rule with { TagSelectors = null });
        Refuses(rule with { TagSelectors = [] });
        Refuses(rule with { TagSelectors = [null!] });
        Refuses(rule with { TagSelectors = [.. Enumerable.Repeat(selector, 17)] });
        Refuses(rule with { TagSelectors = [selector with { Pattern = new string('a', 1025) }] });
        Refuses(rule with { ScopeSelectors = null });
        Refuses(rule with { ScopeSelectors = new Dictionary<string, IReadOnlyList<ImmutableSelectorDto>> { ["artifact"] = [selector] } });
        Refuses(rule with { Action = new string('a', 65) });
    }

    private static void Refuses(ImmutableRuleDto rule) => Assert.Equal("BAD_REQUEST", Assert.Throws<RegistryException>(() => RuleDefinition.From(rule)).Code.Text);

    private static ImmutabilityRules Rules(params ImmutableRuleDto[] rules) => ImmutabilityRules.From(rules.Select(rule => RuleDefinition.From(rule).Json));

    private static ImmutableRuleDto Rule(string repositories, string repository, string tags, string tag, string kind = "doublestar") => new()
    {
        Action = "immutable",
        Template = "immutable_template",
        TagSelectors = [new() { Kind = kind, Decoration = tags, Pattern = tag }],
        ScopeSelectors = new Dictionary<string, IReadOnlyList<ImmutableSelectorDto>>
        {
            ["repository"] = [new() { Kind = "doublestar", Decoration = repositories, Pattern = repository }],
        },
    };
}
