using System.Globalization;
using Harbor.Platform.Jobs;
using Xunit;

namespace Harbor.Unit.Jobs;

/// <summary>When schedules fire. 1 January 2026 is a Thursday.</summary>
public sealed class CronTests
{
    [Theory]
    [InlineData("0 0 0 * * *", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")]
    [InlineData("0 0 * * * *", "2026-01-01T10:59:59Z", "2026-01-01T11:00:00Z")]
    [InlineData("0 0 0 * * 0", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z")]
    [InlineData("0 0 0 * * sun", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z")]
    [InlineData("0 */15 * * * *", "2026-01-01T10:14:59Z", "2026-01-01T10:15:00Z")]
    [InlineData("0 5/20 * * * ?", "2026-01-01T10:26:00Z", "2026-01-01T10:45:00Z")]
    [InlineData("*/7 * * * * *", "2026-01-01T00:00:56Z", "2026-01-01T00:01:00Z")]
    [InlineData("0 30 2 1-5 Mar *", "2026-01-01T00:00:00Z", "2026-03-01T02:30:00Z")]
    [InlineData("0 0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 0 0 29 FEB *", "2097-01-01T00:00:00Z", "2104-02-29T00:00:00Z")]
    [InlineData("0 0 0 31 * *", "2026-01-31T00:00:00Z", "2026-03-31T00:00:00Z")]
    [InlineData("0 0 12 ? * MON-FRI", "2026-01-02T12:00:00Z", "2026-01-05T12:00:00Z")]
    [InlineData("0 0 1,13 * * *", "2026-01-01T01:00:00Z", "2026-01-01T13:00:00Z")]
    [InlineData("59 59 23 31 12 *", "2026-12-31T23:59:58Z", "2026-12-31T23:59:59Z")]
    [InlineData("@daily", "2026-01-01T05:00:00Z", "2026-01-02T00:00:00Z")]
    [InlineData("@midnight", "2026-01-01T05:00:00Z", "2026-01-02T00:00:00Z")]
    [InlineData("@hourly", "2026-01-01T05:00:00Z", "2026-01-01T06:00:00Z")]
    [InlineData("@weekly", "2026-01-01T05:00:00Z", "2026-01-04T00:00:00Z")]
    [InlineData("@monthly", "2026-01-01T05:00:00Z", "2026-02-01T00:00:00Z")]
    [InlineData("@yearly", "2026-01-01T05:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("@every 1h30m", "2026-01-01T05:00:00.7Z", "2026-01-01T06:30:00Z")]
    [InlineData("@every 90s", "2026-01-01T05:00:00Z", "2026-01-01T05:01:30Z")]
    public void The_next_firing_is_the_first_moment_that_every_field_takes(string cron, string after, string next)
    {
        Assert.True(Cron.TryParse(cron, out var parsed));
        Assert.Equal(Time(next), parsed.Next(Time(after)));
    }

    [Theory]
    [InlineData("0 0 0 13 * 5", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")]   // the first Friday comes before the 13th
    [InlineData("0 0 0 13 * 5", "2026-01-09T00:00:00Z", "2026-01-13T00:00:00Z")]   // the 13th is a Tuesday
    public void Of_a_day_of_the_month_and_a_day_of_the_week_one_is_enough(string cron, string after, string next)
    {
        Assert.True(Cron.TryParse(cron, out var parsed));
        Assert.Equal(Time(next), parsed.Next(Time(after)));
    }

    [Theory]
    [InlineData("0 0 0 31 2 *")]
    [InlineData("0 0 0 30 2 *")]
    public void A_day_that_never_comes_is_never_fired_on(string cron)
    {
        Assert.True(Cron.TryParse(cron, out var parsed));
        Assert.Null(parsed.Next(Time("2026-01-01T00:00:00Z")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("* * * * *")]
    [InlineData("* * * * * * *")]
    [InlineData("60 * * * * *")]
    [InlineData("0 60 * * * *")]
    [InlineData("0 0 24 * * *")]
    [InlineData("0 0 0 0 * *")]
    [InlineData("0 0 0 32 * *")]
    [InlineData("0 0 0 * 13 *")]
    [InlineData("0 0 0 * 0 *")]
    [InlineData("0 0 0 * * 7")]
    [InlineData("0 0 0 * * foo")]
    [InlineData("0 */0 * * * *")]
    [InlineData("0 1/2/3 * * * *")]
    [InlineData("0 5-1 * * * *")]
    [InlineData("0 1-2-3 * * * *")]
    [InlineData("0 -1 * * * *")]
    [InlineData("0 1, * * * *")]
    [InlineData("0 99999999999999999999 * * * *")]
    [InlineData("@fortnightly")]
    [InlineData("@every")]
    [InlineData("@every 0s")]
    [InlineData("@every 5")]
    [InlineData("@every -1h")]
    public void What_is_no_cron_expression_is_refused(string? cron) => Assert.False(Cron.TryParse(cron, out _));

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
