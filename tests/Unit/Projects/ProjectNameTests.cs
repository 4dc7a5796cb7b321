using System.Text.RegularExpressions;
using Harbor.Modules.Projects;
using Xunit;

namespace Harbor.Unit.Projects;

public sealed class ProjectNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("0")]
    [InlineData("library")]
    [InlineData("a.b_c-d")]
    public void Lower_case_words_joined_by_one_sign_are_names(string name) => Assert.True(ProjectName.IsValid(name));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a\n")]
    [InlineData("A")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a#1")]
    public void Everything_else_is_not(string? name) => Assert.False(ProjectName.IsValid(name));

    [Fact]
    public void A_name_has_at_most_255_characters()
    {
        Assert.True(ProjectName.IsValid(new string('a', 255)));
        Assert.False(ProjectName.IsValid(new string('a', 256)));
    }

    [Fact]
    public void Random_names_are_judged_as_Harbors_expression_judges_them()
    {
        var random = new Random(7);
        const string alphabet = "ab0._-A/ #\n";
        for (var round = 0; round < 20_000; round++)
        {
            var name = string.Concat(Enumerable.Range(0, random.Next(0, 9)).Select(_ => alphabet[random.Next(alphabet.Length)]));

            Assert.Equal(Regex.IsMatch(name, @"\A[a-z0-9]+(?:[._-][a-z0-9]+)*\z"), ProjectName.IsValid(name));
        }
    }
}
