using System.Text.Json;
using Harbor.Contracts;
using Harbor.Modules.Retention;
using Harbor.Oci;
using Xunit;

namespace Harbor.Unit.Retention;

public sealed class RetentionDefinitionTests
{
    private const string Selectors = """
        "tag_selectors":[{"kind":"doublestar","decoration":"matches","pattern":"**","extras":"{\"untagged\":true}"}],
        "scope_selectors":{"repository":[{"kind":"doublestar","decoration":"repoMatches","pattern":"**"}]}
        """;

    [Fact]
    public void A_policy_is_shown_as_it_was_sent_and_what_says_nothing_is_left_out()
    {
        var definition = Read($$"""
            {"algorithm":"or","scope":{"level":"project","ref":7},"trigger":{"kind":"Schedule","settings":{"cron":"0 0 0 * * *"},"references":null},
             "rules":[{"id":0,"priority":0,"disabled":false,"action":"retain","template":"latestPushedK","params":{"latestPushedK":10},{{Selectors}}}]}
            """);

        var shown = JsonSerializer.Serialize(definition.Show(3, 7, new DateTimeOffset(2026, 5, 2, 0, 0, 0, TimeSpan.Zero)), HarborJson.TypeInfo<RetentionPolicyDto>());

        Assert.Equal("""
            {"id":3,"algorithm":"or","rules":[{"action":"retain","template":"latestPushedK","params":{"latestPushedK":10},"tag_selectors":[{"kind":"doublestar","decoration":"matches","pattern":"**","extras":"{\"untagged\":true}"}],"scope_selectors":{"repository":[{"kind":"doublestar","decoration":"repoMatches","pattern":"**"}]}}],"trigger":{"kind":"Schedule","settings":{"cron":"0 0 0 * * *","next_scheduled_time":"2026-05-02T00:00:00Z"},"references":null},"scope":{"level":"project","ref":7}}
            """.Trim(), shown);
    }

    [Theory]
    [InlineData("""{"rules":[{"template":"latest",S}]}""", "unknown template")]
    [InlineData("""{"rules":[{S}]}""", "unknown template")]
    [InlineData("""{"rules":[null]}""", "null")]
    [InlineData("""{"rules":[{"template":"always","action":"delete",S}]}""", "action")]
    [InlineData("""{"algorithm":"and","rules":[]}""", "algorithm")]
    [InlineData("""{"rules":[{"template":"always"}]}""", "tag_selectors")]
    [InlineData("""{"rules":[{"template":"always","tag_selectors":[null],"scope_selectors":{"repository":[]}}]}""", "kind")]
    [InlineData("""{"rules":[{"template":"always","tag_selectors":[{"kind":"label","decoration":"matches","pattern":"x"}]}]}""", "kind")]
    [InlineData("""{"rules":[{"template":"always","tag_selectors":[{"kind":"doublestar","decoration":"repoMatches","pattern":"x"}]}]}""", "decoration")]
    [InlineData("""{"rules":[{"template":"always","tag_selectors":[{"kind":"doublestar","decoration":"matches","pattern":"{a"}]}]}""", "pattern")]
    [InlineData("""{"rules":[{"template":"always","tag_selectors":[{"kind":"doublestar","decoration":"matches","pattern":"a","extras":"untagged"}]}]}""", "extras")]
    [InlineData("""{"rules":[{"template":"always","tag_selectors":[{"kind":"doublestar","decoration":"matches","pattern":"a","extras":"{\"untagged\":1}"}]}]}""", "extras")]
    [InlineData("""{"rules":[{"template":"latestPushedK","params":{"latestPushedK":32767},S}]}""", "latestPushedK must be from 0 to 32766")]
    [InlineData("""{"rules":[{"template":"latestPushedK","params":{"latestPushedK":-1},S}]}""", "latestPushedK must be from 0 to 32766")]
    [InlineData("""{"rules":[{"template":"latestPulledN","params":{"latestPulledN":1e400},S}]}""", "latestPulledN must be from 0 to 32766")]
    [InlineData("""{"rules":[{"template":"nDaysSinceLastPull","params":{"nDaysSinceLastPull":20190905},S}]}""", "nDaysSinceLastPull must be from 0 to 20190904")]
    [InlineData("""{"trigger":{"kind":"Event"}}""", "kind of the trigger")]
    [InlineData("""{"trigger":{"kind":"Schedule","settings":{"cron":"* * * * * *"}}}""", "invalid cron string for scheduled tag retention: * * * * * *")]
    [InlineData("""{"trigger":{"kind":"Schedule","settings":{"cron":"often"}}}""", "invalid cron string for scheduled tag retention: often")]
    public void What_could_never_run_as_it_is_meant_is_refused(string json, string about)
    {
        var refused = Assert.Throws<RegistryException>(() => Read(json.Replace(",S", $",{Selectors}", StringComparison.Ordinal).Replace("{S", $"{{{Selectors}", StringComparison.Ordinal)));

        Assert.Equal(ErrorCode.BadRequest, refused.Code);
        Assert.Contains(about, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_has_fifteen_rules_at_most()
    {
        var rules = Enumerable.Range(1, 16).Select(each => $$"""{"id":{{each}},"template":"latestPushedK","params":{"latestPushedK":{{each}}},{{Selectors}}}""").ToArray();

        Read($$"""{"rules":[{{string.Join(',', rules[..15])}}]}""");
        Assert.Equal(ErrorCode.BadRequest, Assert.Throws<RegistryException>(() => Read($$"""{"rules":[{{string.Join(',', rules)}}]}""")).Code);
    }

    [Fact]
    public void Two_rules_that_differ_by_their_id_alone_are_in_conflict()
    {
        var refused = Assert.Throws<RegistryException>(() => Read($$"""{"rules":[{"id":1,"template":"always",{{Selectors}}},{"id":2,"template":"always",{{Selectors}}}]}"""));

        Assert.Equal((ErrorCode.Conflict, "rule 1 is conflict with rule 0"), (refused.Code, refused.Message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("@daily")]
    [InlineData("0 30 2 * * 0")]
    public void A_cron_expression_may_be_empty_a_word_or_six_fields(string cron) =>
        Assert.Equal(cron, Read("""{"trigger":{"kind":"Schedule","settings":{"cron":"C"}}}""".Replace("C", cron, StringComparison.Ordinal)).Cron);

    private static RetentionDefinition Read(string json) => RetentionDefinition.From(JsonSerializer.Deserialize(json, HarborJson.TypeInfo<RetentionPolicyDto>())!);
}
