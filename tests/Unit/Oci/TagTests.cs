using System.Text.RegularExpressions;
using FsCheck.Fluent;
using Harbor.Oci;
using Xunit;

namespace Harbor.Unit.Oci;

/// <summary>Grammar of OCI distribution-spec 1.1, "Pulling manifests".</summary>
public sealed class TagTests
{
    private static readonly Regex Specified = new(@"\A[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}\z", RegexOptions.CultureInvariant);

    [Fact]
    public void Any_text_is_a_tag_exactly_when_the_specification_says_so() =>
        HostileText.Check(Prop.ForAll(
            HostileText.UpTo(Tag.MaxLength + 2),
            text => Tag.TryParse(text, out var tag) == Specified.IsMatch(text) && (tag == default || tag.Value == text)));

    [Theory]
    [InlineData("latest")]
    [InlineData("v1.2.3-rc.1_build")]
    [InlineData("_")]
    [InlineData("0")]
    [InlineData("UPPER")]
    [InlineData("sha256-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.sig")]
    public void Tags_in_daily_use_are_tags(string text) => Assert.True(Tag.TryParse(text, out _));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("-flag")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a:b")]
    [InlineData("a b")]
    [InlineData("a+b")]
    [InlineData("v1\n")]
    [InlineData("\u0663")]
    [InlineData("\u212a")]
    public void What_is_outside_the_grammar_is_no_tag(string? text) => Assert.False(Tag.TryParse(text, out _));

    [Fact]
    public void A_tag_has_at_most_128_characters()
    {
        Assert.True(Tag.TryParse(new string('a', 128), out _));
        Assert.False(Tag.TryParse(new string('a', 129), out _));
    }

    [Fact]
    public void A_tag_that_was_never_set_does_not_pass_for_one() => Assert.Throws<InvalidOperationException>(() => default(Tag).Value);
}
