using Harbor.Modules.Immutability;
using Xunit;

namespace Harbor.Unit.Immutability;

public sealed class GlobTests
{
    [Theory]
    [InlineData("**", "v1")]
    [InlineData("**", "team/web/api")]
    [InlineData("*", "v1")]
    [InlineData("v*", "v")]
    [InlineData("v*", "v1.2")]
    [InlineData("*-rc*", "v1-rc2")]
    [InlineData("v?.?", "v1.2")]
    [InlineData("v[0-9].*", "v1.2")]
    [InlineData("v[^0-9]", "vx")]
    [InlineData("v[13-5]", "v4")]
    [InlineData("{latest,v*}", "latest")]
    [InlineData("{latest,v*}", "v3")]
    [InlineData("v{1,2{,-rc}}.0", "v2-rc.0")]
    [InlineData("v{1,2{,-rc}}.0", "v1.0")]
    [InlineData("{team/**,base}", "team/web/api")]
    [InlineData("{team/**,base}", "base")]
    [InlineData("team/**", "team/web")]
    [InlineData("**/api", "api")]
    [InlineData("**/api", "team/web/api")]
    [InlineData("team/**/api", "team/api")]
    [InlineData("team/**/api", "team/x/y/api")]
    [InlineData("team/*/api", "team/web/api")]
    [InlineData("a**", "abc")]
    [InlineData(@"v\*", "v*")]
    [InlineData(@"\{a,b\}", "{a,b}")]
    [InlineData("[{]a", "{a")]
    public void A_pattern_matches(string pattern, string name) => Assert.True(Parse(pattern).IsMatch(name));

    [Theory]
    [InlineData("*", "team/web")]
    [InlineData("v*", "xv")]
    [InlineData("v*", "V1")]
    [InlineData("v?", "v")]
    [InlineData("a?b", "a/b")]
    [InlineData("a[^x]b", "a/b")]
    [InlineData("{latest,v*}", "x")]
    [InlineData("team/**", "team")]
    [InlineData("team/**", "teams/web")]
    [InlineData("**/api", "team/web")]
    [InlineData("team/*/api", "team/a/b/api")]
    [InlineData("a**", "ab/c")]
    [InlineData("v1.2", "v1x2")]
    [InlineData("v[!0-9]", "vx")]
    public void Or_does_not(string pattern, string name) => Assert.False(Parse(pattern).IsMatch(name));

    [Theory]
    [InlineData("[")]
    [InlineData("[]")]
    [InlineData("[^]")]
    [InlineData("[a")]
    [InlineData("[a-]")]
    [InlineData("[-a]")]
    [InlineData("[z-a]")]
    [InlineData("{a")]
    [InlineData("{a,{b}")]
    [InlineData(@"a\")]
    [InlineData(@"[a\")]
    public void What_is_left_open_is_malformed(string pattern) => Assert.False(Glob.TryParse(pattern, out _));

    [Fact]
    public void Alternatives_that_multiply_without_bound_are_refused()
    {
        Assert.False(Glob.TryParse(string.Concat(Enumerable.Repeat("{a,b}", 100)), out _));
        Assert.False(Glob.TryParse(string.Concat(Enumerable.Repeat("{a,b,c,d,e,f}", 6)), out _));
        Assert.True(Glob.TryParse("{" + string.Join(',', Enumerable.Range(0, 200)) + "}", out var glob));
        Assert.True(glob.IsMatch("199"));
    }

    [Fact]
    public void A_hostile_pattern_costs_little()
    {
        var glob = Parse(string.Concat(Enumerable.Repeat("*a", 500)) + "*b");

        Assert.False(glob.IsMatch(new string('a', 255)));
    }

    // Against an implementation that tries everything there is to try.
    [Fact]
    public void It_agrees_with_trying_everything()
    {
#pragma warning disable CA5394 // Repeatable, not secret.
        var random = new Random(20_261);
        string[] pieces = ["a", "b", "/", "*", "**", "?", "[ab]", "[^a]", "{a,b/a}", "{,a}", "{a*,**}", "/**/", "/**"];
        for (var round = 0; round < 20_000; round++)
        {
            var pattern = string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => pieces[random.Next(pieces.Length)]));
            var name = string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => "ab/"[random.Next(3)])).Trim('/').Replace("//", "/", StringComparison.Ordinal);
            if (name.Length > 0)
            {
                Assert.True(Naive(pattern, name) == Parse(pattern).IsMatch(name), $"{pattern} and {name}");
            }
        }
#pragma warning restore CA5394
    }

    private static Glob Parse(string pattern) => Glob.TryParse(pattern, out var glob) ? glob : throw new ArgumentException($"{pattern} is malformed", nameof(pattern));

    private static bool Naive(string pattern, string name)
    {
        // The pieces above have no nested braces.
        var open = pattern.IndexOf('{', StringComparison.Ordinal);
        if (open >= 0)
        {
            var close = pattern.IndexOf('}', StringComparison.Ordinal);
            return pattern[(open + 1)..close].Split(',').Any(each => Naive(pattern[..open] + each + pattern[(close + 1)..], name));
        }

        return Segments(pattern.Split('/'), name.Split('/'));
    }

    private static bool Segments(ReadOnlySpan<string> pattern, ReadOnlySpan<string> name)
    {
        if (pattern.IsEmpty || name.IsEmpty)
        {
            return pattern.IsEmpty && name.IsEmpty;
        }

        if (pattern[0] != "**")
        {
            return Text(pattern[0], name[0]) && Segments(pattern[1..], name[1..]);
        }

        if (pattern.Length == 1)
        {
            return true;
        }

        for (var skip = 0; skip < name.Length; skip++)
        {
            if (Segments(pattern[1..], name[skip..]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Text(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        if (pattern.IsEmpty)
        {
            return text.IsEmpty;
        }

        if (pattern[0] == '*')
        {
            return Text(pattern[1..], text) || (!text.IsEmpty && Text(pattern, text[1..]));
        }

        if (text.IsEmpty)
        {
            return false;
        }

        return pattern switch
        {
            ['?', ..] => Text(pattern[1..], text[1..]),
            ['[', 'a', 'b', ']', ..] => text[0] is 'a' or 'b' && Text(pattern[4..], text[1..]),
            ['[', '^', 'a', ']', ..] => text[0] != 'a' && Text(pattern[4..], text[1..]),
            _ => pattern[0] == text[0] && Text(pattern[1..], text[1..]),
        };
    }
}
