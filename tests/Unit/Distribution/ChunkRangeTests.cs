using System.Numerics;
using System.Text.RegularExpressions;
using FsCheck.Fluent;
using Harbor.Distribution.Uploads;
using Harbor.Unit.Oci;
using Xunit;

namespace Harbor.Unit.Distribution;

/// <summary>OCI distribution-spec 1.1, "Pushing a blob in chunks".</summary>
public sealed class ChunkRangeTests
{
    private static readonly string[] Pieces =
        ["bytes ", "BYTES ", "-", "0", "1", "7", "99", "9223372036854775806", "9223372036854775807", "9223372036854775808", "/", "/*", "/100", " ", "+", "٣", ",", "x"];

    [Theory]
    [InlineData("0-0", 0, 0)]
    [InlineData("0-99", 0, 99)]
    [InlineData("100-199", 100, 199)]
    [InlineData("bytes 0-99/200", 0, 99)]
    [InlineData("bytes 0-99/*", 0, 99)]
    public void A_range_is_first_and_last_offset(string header, long first, long last)
    {
        Assert.True(ChunkRange.TryParse(header, out var range));
        Assert.Equal((first, last, last - first + 1), (range!.Value.First, range.Value.Last, range.Value.Length));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_the_header_there_is_no_range_and_no_error(string? header)
    {
        Assert.True(ChunkRange.TryParse(header, out var range));
        Assert.Null(range);
    }

    [Theory]
    [InlineData("-")]
    [InlineData("5")]
    [InlineData("5-")]
    [InlineData("-5")]
    [InlineData("9-1")]
    [InlineData("0--1")]
    [InlineData("+0-1")]
    [InlineData(" 0-1")]
    [InlineData("0-1 ")]
    [InlineData("0-9223372036854775807")]
    [InlineData("0-9223372036854775808")]
    [InlineData("items 0-1")]
    [InlineData("bytes=0-1")]
    [InlineData("0-1,2-3")]
    public void What_is_no_range_is_refused(string header) => Assert.False(ChunkRange.TryParse(header, out _));

    [Fact]
    public void Any_header_is_a_range_exactly_when_it_has_the_specified_form()
    {
        var header = Gen.Elements(Pieces).ArrayOf().Select(pieces => string.Concat(pieces));
        HostileText.Check(Prop.ForAll(Arb.From(header), text =>
        {
            var taken = ChunkRange.TryParse(text, out var range);
            var match = Regex.Match(text, @"\A(?:(?<unit>(?i:bytes )))?([0-9]+)-([0-9]+)(?(unit)(?:/.*)?)\z", RegexOptions.CultureInvariant);
            if (text.Length == 0)
            {
                return taken && range is null;
            }

            var sane = match.Success
                && BigInteger.Parse(match.Groups[1].Value, null) <= BigInteger.Parse(match.Groups[2].Value, null)
                && BigInteger.Parse(match.Groups[2].Value, null) < long.MaxValue;
            return taken == sane && (!taken || (range!.Value.Length > 0 && range.Value.First >= 0));
        }));
    }
}
