using System.Numerics;
using System.Text.RegularExpressions;
using FsCheck.Fluent;
using Harbor.Distribution.Blobs;
using Harbor.Unit.Oci;
using Xunit;

namespace Harbor.Unit.Distribution;

/// <summary>RFC 9110, section 14.1.2, "Byte Ranges".</summary>
public sealed class ByteRangeTests
{
    private static readonly string[] Pieces =
        ["bytes=", "Bytes=", "items=", "-", "0", "1", "7", "99", "100", "101", "9223372036854775807", "9223372036854775808", "99999999999999999999999", ",", " ", "+", "٣", "x"];

    [Theory]
    [InlineData("bytes=0-9", 0, 10)]
    [InlineData("bytes=10-", 10, 90)]
    [InlineData("bytes=-1", 99, 1)]
    [InlineData("bytes=-1000", 0, 100)]
    [InlineData("bytes=99-99", 99, 1)]
    [InlineData("bytes=50-1000", 50, 50)]
    [InlineData("bytes=0-9223372036854775807", 0, 100)]
    [InlineData("bytes=0-99999999999999999999999", 0, 100)]
    [InlineData("BYTES=1-2", 1, 2)]
    public void A_range_within_the_content_is_taken(string header, long start, long length)
    {
        Assert.Equal(new ByteRange(start, length), ByteRange.Parse(header, 100, out var satisfiable));
        Assert.True(satisfiable);
    }

    [Theory]
    [InlineData("bytes=100-", 100)]
    [InlineData("bytes=100-200", 100)]
    [InlineData("bytes=-0", 100)]
    [InlineData("bytes=0-", 0)]
    [InlineData("bytes=-1", 0)]
    [InlineData("bytes=99999999999999999999999-", 100)]
    public void A_range_outside_the_content_cannot_be_satisfied(string header, long size)
    {
        Assert.Null(ByteRange.Parse(header, size, out var satisfiable));
        Assert.False(satisfiable);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("bytes=")]
    [InlineData("bytes=-")]
    [InlineData("bytes=9-1")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("bytes=+1-2")]
    [InlineData("bytes 0-1")]
    [InlineData("items=0-1")]
    public void What_is_no_single_range_of_bytes_asks_for_the_whole(string? header)
    {
        Assert.Null(ByteRange.Parse(header, 100, out var satisfiable));
        Assert.True(satisfiable);
    }

    [Fact]
    public void Any_header_is_read_as_the_specification_reads_it()
    {
        var cases =
            from size in Gen.Elements(0L, 1, 2, 100, long.MaxValue)
            from pieces in Gen.Elements(Pieces).ArrayOf()
            from prefixed in Gen.Elements(true, true, true, false)
            select ((prefixed ? "bytes=" : "") + string.Concat(pieces), size);
        HostileText.Check(Prop.ForAll(Arb.From(cases), given =>
        {
            var range = ByteRange.Parse(given.Item1, given.size, out var satisfiable);
            return (range, satisfiable) == Specified(given.Item1, given.size);
        }));
    }

    // The same rules in arithmetic that cannot overflow.
    private static (ByteRange? Range, bool Satisfiable) Specified(string header, long size)
    {
        var match = Regex.Match(header, @"\Abytes=[ ]*([0-9]*)-([0-9]*)[ ]*\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        if (!match.Success || match.Groups[1].Length + match.Groups[2].Length == 0)
        {
            return (null, true);
        }

        BigInteger? first = match.Groups[1].Length > 0 ? BigInteger.Parse(match.Groups[1].Value, null) : null;
        BigInteger? last = match.Groups[2].Length > 0 ? BigInteger.Parse(match.Groups[2].Value, null) : null;
        if (first is null)
        {
            var length = BigInteger.Min(last!.Value, size);
            return length == 0 ? (null, false) : (new ByteRange((long)(size - length), (long)length), true);
        }

        // Beyond any content both numbers are as good as the largest, so their order no longer shows.
        var start = BigInteger.Min(first.Value, long.MaxValue);
        var end = BigInteger.Min(last ?? long.MaxValue, long.MaxValue);
        return end < start ? (null, true)
            : start >= size ? (null, false)
            : (new ByteRange((long)start, (long)(BigInteger.Min(end, size - 1) - start + 1)), true);
    }
}
