using System.Text.RegularExpressions;
using FsCheck.Fluent;
using Harbor.Oci;
using Xunit;

namespace Harbor.Unit.Oci;

/// <summary>Grammar of OCI distribution-spec 1.1, "Pulling manifests".</summary>
public sealed class RepositoryNameTests
{
    private static readonly Regex Specified = new(
        @"\A[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    [Fact]
    public void Any_text_is_a_name_exactly_when_the_specification_says_so() =>
        HostileText.Check(Prop.ForAll(
            HostileText.UpTo(RepositoryName.MaxLength + 2),
            text => RepositoryName.TryParse(text, out _) == (text.Length <= RepositoryName.MaxLength && Specified.IsMatch(text))));

    [Fact]
    public void A_name_keeps_its_text_and_splits_into_project_and_path() =>
        HostileText.Check(Prop.ForAll(HostileText.UpTo(40), text =>
        {
            if (!RepositoryName.TryParse(text, out var name))
            {
                return name == default;
            }

            var whole = name.HasProject ? $"{name.Project}/{name.Path}" : name.Project;
            return name.Value == text && name.ToString() == text && whole == text && !name.Project.Contains('/', StringComparison.Ordinal);
        }));

    [Theory]
    [InlineData("library/web", "library", "web")]
    [InlineData("a/b/c", "a", "b/c")]
    [InlineData("my-project.x/a__b/c---d", "my-project.x", "a__b/c---d")]
    [InlineData("0/1", "0", "1")]
    public void The_first_segment_is_the_project(string text, string project, string path)
    {
        Assert.True(RepositoryName.TryParse(text, out var name));
        Assert.Equal((project, path, true), (name.Project, name.Path, name.HasProject));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("a/")]
    [InlineData("/a")]
    [InlineData("a//b")]
    [InlineData("a/../b")]
    [InlineData("./a")]
    [InlineData("a/b\n")]
    [InlineData("A/b")]
    [InlineData("a___b")]
    [InlineData("a..b")]
    [InlineData("a_-b")]
    [InlineData("a-/b")]
    [InlineData("a/-b")]
    [InlineData("a/b:v1")]
    [InlineData("a/b@sha256")]
    [InlineData("a%2fb")]
    [InlineData("a\\b")]
    [InlineData("a/b\0")]
    public void What_is_outside_the_grammar_is_no_name(string? text) => Assert.False(RepositoryName.TryParse(text, out _));

    [Fact]
    public void A_name_has_at_most_255_characters()
    {
        Assert.True(RepositoryName.TryParse("p/" + new string('a', 253), out _));
        Assert.False(RepositoryName.TryParse("p/" + new string('a', 254), out _));
    }

    [Fact]
    public void A_name_that_was_never_set_does_not_pass_for_one() =>
        Assert.Throws<InvalidOperationException>(() => default(RepositoryName).Value);
}
