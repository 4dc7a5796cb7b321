using System.Text.Json;
using Harbor.Modules.Fsck;
using Harbor.Server.Fsck;
using Xunit;

namespace Harbor.Integration.Fsck;

/// <summary>What scripts may rely on: the words, one finding a line.</summary>
public sealed class OutputTests
{
    private static readonly Finding Finding = new(
        FindingKind.WrongSize, FindingOutcome.MarkedLost, "sha256:ab", "some/\"place\"", 7, ["library/web", "library/x"], "3 bytes are there");

    [Fact]
    public async Task A_finding_is_one_line_in_words()
    {
        Assert.Equal(
            "wrong-size sha256:ab some/\"place\" (7 bytes): 3 bytes are there; in library/web, library/x -> marked-lost\n",
            await WrittenAsync(json: false, output => output.WriteAsync(Finding)));
        Assert.Equal(
            "orphan uploads/x: y\n",
            await WrittenAsync(json: false, output => output.WriteAsync(new Finding(FindingKind.Orphan, FindingOutcome.Remains, null, "uploads/x", null, [], "y"))));
    }

    [Fact]
    public async Task A_finding_is_one_line_of_JSON()
    {
        var line = JsonSerializer.Deserialize<JsonElement>(await WrittenAsync(json: true, output => output.WriteAsync(Finding)));

        Assert.Equal(
            ["kind=wrong-size", "outcome=marked-lost", "digest=sha256:ab", "location=some/\"place\"", "size=7", "repositories=[\"library/web\",\"library/x\"]", "detail=3 bytes are there"],
            line.EnumerateObject().Select(member => $"{member.Name}={member.Value}"));
    }

    [Fact]
    public async Task The_summary_counts_by_kind_and_outcome_and_what_remains()
    {
        var tally = new FsckTally { Blobs = 5 };
        tally.Add(Finding);
        tally.Add(Finding);
        tally.Add(Finding with { Outcome = FindingOutcome.Repaired });

        var words = await WrittenAsync(json: false, output => output.WriteAsync(tally));
        var summary = JsonSerializer.Deserialize<JsonElement>(await WrittenAsync(json: true, output => output.WriteAsync(tally)));

        Assert.Contains("  wrong-size, marked-lost: 2 (14 bytes)\n", words, StringComparison.Ordinal);
        Assert.EndsWith("Findings that remain: 2.\n", words, StringComparison.Ordinal);
        Assert.Equal(("summary", 5, 2), (summary.GetProperty("kind").GetString(), summary.GetProperty("blobs").GetInt32(), summary.GetProperty("remaining").GetInt32()));
        Assert.Equal(2, summary.GetProperty("findings").GetArrayLength());
    }

    private static async Task<string> WrittenAsync(bool json, Func<FsckOutput, Task> write)
    {
        await using var text = new StringWriter { NewLine = "\n" };
        await write(FsckOutput.Of(text, json));
        return text.ToString();
    }
}
