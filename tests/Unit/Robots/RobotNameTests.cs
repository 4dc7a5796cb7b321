using Harbor.Modules.Robots;
using Xunit;

namespace Harbor.Unit.Robots;

public class RobotNameTests
{
    [Theory]
    [InlineData("ci", true)]
    [InlineData("ci-builder_2.x", true)]
    [InlineData("0", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("CI", false)]
    [InlineData("a+b", false)]          // that would be a project's
    [InlineData("robot$ci", false)]     // the prefix is not part of it
    [InlineData("a--b", false)]
    [InlineData("-a", false)]
    [InlineData("a.", false)]
    [InlineData("a\n", false)]
    [InlineData("a b", false)]
    [InlineData("größe", false)]
    [InlineData("a'; DROP TABLE robot; --", false)]
    public void A_name_is_lower_case_words_with_single_marks_between_them(string? name, bool valid) => Assert.Equal(valid, RobotName.IsValid(name));

    [Fact]
    public void A_name_has_255_characters_at_most()
    {
        Assert.True(RobotName.IsValid(new string('a', 255)));
        Assert.False(RobotName.IsValid(new string('a', 256)));
    }

    [Theory]
    [InlineData("ci", true)]
    [InlineData("project+ci", true)]
    [InlineData("a+b+c", false)]
    [InlineData("+ci", false)]
    [InlineData("project+", false)]
    [InlineData("ci\0", false)]
    [InlineData("", false)]
    public void Only_names_that_a_robot_can_have_are_looked_up(string fullName, bool possible) => Assert.Equal(possible, RobotName.IsFull(fullName));

    [Fact]
    public void The_full_name_of_a_projects_robot_begins_with_the_project()
    {
        Assert.Equal("ci", RobotName.Full(null, "ci"));
        Assert.Equal("shop+ci", RobotName.Full("shop", "ci"));
    }
}
