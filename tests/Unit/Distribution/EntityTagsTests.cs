using FsCheck.Fluent;
using Harbor.Distribution;
using Harbor.Oci;
using Harbor.Unit.Oci;
using Microsoft.Extensions.Primitives;
using Xunit;

namespace Harbor.Unit.Distribution;

/// <summary>RFC 9110, sections 8.8.3 and 13.1.2.</summary>
public sealed class EntityTagsTests
{
    private static readonly Digest Content = Digest.Of("content"u8);
    private static readonly Digest Other = Digest.Of("other"u8);

    [Fact]
    public void An_entity_tag_is_the_digest_in_quotes() => Assert.Equal($"\"{Content}\"", EntityTags.Of(Content));

    [Fact]
    public void The_tag_matches_quoted_bare_weak_listed_or_as_a_star()
    {
        Assert.All(
            [EntityTags.Of(Content), Content.Value, $"W/{EntityTags.Of(Content)}", $"{EntityTags.Of(Other)}, {EntityTags.Of(Content)}", "*", $" {Content} ,"],
            header => Assert.True(EntityTags.Matches(header, Content), header));
        Assert.True(EntityTags.Matches(new StringValues([EntityTags.Of(Other), EntityTags.Of(Content)]), Content));
    }

    [Fact]
    public void Another_tag_does_not_match()
    {
        Assert.All(
            ["", ",", "\"\"", "W/", Other.Value, EntityTags.Of(Other), Content.Value[..^1], Content.Hex, Content.Value.ToUpperInvariant(), $"\"{Content}0\""],
            header => Assert.False(EntityTags.Matches(header, Content), header));
        Assert.False(EntityTags.Matches(StringValues.Empty, Content));
        Assert.False(EntityTags.Matches(new StringValues([null]), Content));
    }

    [Fact]
    public void No_header_that_lacks_the_digest_matches_by_accident() =>
        HostileText.Check(Prop.ForAll(HostileText.UpTo(200), text => !EntityTags.Matches(text, Content)));
}
