using Harbor.Modules.Audit;
using Harbor.Modules.Audit.Forwarding;
using Xunit;

namespace Harbor.Unit.Audit;

public sealed class AuditRecordTests
{
    private static readonly AuditRecord Plain = new("admin", "create", "project", "demo", "create project: demo", Succeeded: true, 7, At: null);

    [Theory]
    [InlineData("create", "artifact", "push artifact: x")]
    [InlineData("pull", "artifact", "pull artifact: x")]
    [InlineData("delete", "artifact", "delete artifact: x")]
    [InlineData("create", "tag", "create tag: x")]
    [InlineData("create", "user", "create user with name: x")]
    [InlineData("login", "user", "login user: x")]
    [InlineData("update", "configuration", "update configuration")]
    [InlineData("delete", "repository", "delete repository: x")]
    public void The_description_is_a_sentence_about_the_resource(string operation, string type, string sentence) =>
        Assert.Equal(sentence, AuditRecord.Describe(operation, type, "x"));

    [Fact]
    public void A_username_of_over_255_characters_is_cut_to_252_and_three_dots()
    {
        Assert.Equal(new string('a', 255), (Plain with { Username = new string('a', 255) }).Bounded().Username);
        Assert.Equal(new string('a', 252) + "...", (Plain with { Username = new string('a', 256) }).Bounded().Username);
    }

    [Fact]
    public void A_cut_never_splits_a_character()
    {
        var name = new string('a', 251) + "😀😀😀";

        var cut = (Plain with { Username = name }).Bounded().Username;

        Assert.Equal(new string('a', 251) + "...", cut);
    }

    [Fact]
    public void What_the_database_cannot_hold_is_replaced() =>
        Assert.Equal("a b", (Plain with { Resource = "a\0b" }).Bounded().Resource);

    [Fact]
    public void The_event_type_is_operation_and_resource_type() => Assert.Equal("create_project", Plain.EventType);

    [Theory]
    [InlineData("x\n<6>2030-01-01T00:00:00Z host audit[1]: operator=\"admin\"")]
    [InlineData("x\r\ny")]
    [InlineData("x\u0085y")]
    [InlineData("x\u2028y")]
    [InlineData("x\u2029y")]
    [InlineData("x\0y")]
    public void No_value_can_begin_another_line_of_syslog(string hostile)
    {
        var record = new AuditRecord(hostile, hostile, hostile, hostile, hostile, Succeeded: false, 0, At: null);

        var line = SyslogMessage.Line(DateTimeOffset.UnixEpoch, "host", 1, SyslogMessage.Text(record));

        Assert.EndsWith("\n", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line[..^1], character => char.IsControl(character) || character is '\u2028' or '\u2029');
    }

    [Fact]
    public void A_line_of_syslog_tells_priority_time_tag_and_what_was_done()
    {
        var line = SyslogMessage.Line(new DateTimeOffset(2030, 5, 6, 7, 8, 9, 120, TimeSpan.Zero), "box", 42, SyslogMessage.Text(Plain));

        Assert.Equal(
            "<6>2030-05-06T07:08:09Z box audit[42]: time=\"2030-05-06T07:08:09.120Z\" operator=\"admin\" resourceType=\"project\" "
            + "action:create, resource:demo, operation_description:create project: demo, operation_result:true\n", line);
    }
}
