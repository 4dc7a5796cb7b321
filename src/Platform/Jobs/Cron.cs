using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Harbor.Platform.Jobs;

/// <summary>When a schedule fires, in UTC: six fields (second, minute, hour, day of month, month, day of week) or a word such as <c>@daily</c>.</summary>
/// <remarks>
/// Fields know <c>*</c>, <c>?</c>, lists, ranges, steps, and names of months and weekdays; 0 is Sunday. When both day of month and day of week
/// ask for something, one of them is enough, as in the cron of Unix. <c>@every 1h30m</c> counts from the last firing.
/// </remarks>
public sealed partial class Cron
{
    private const int YearsAhead = 8;   // as long as a 29 February can take to come

    private readonly CronField seconds, minutes, hours, days, months, weekdays;
    private readonly TimeSpan? every;

    private Cron(TimeSpan every)
    {
        this.every = every;
    }

    private Cron(CronField seconds, CronField minutes, CronField hours, CronField days, CronField months, CronField weekdays)
    {
        (this.seconds, this.minutes, this.hours) = (seconds, minutes, hours);
        (this.days, this.months, this.weekdays) = (days, months, weekdays);
    }

    public static bool TryParse(string? text, [NotNullWhen(true)] out Cron? cron)
    {
        cron = Parse(text?.Trim() ?? string.Empty);
        return cron is not null;
    }

    /// <summary>The first moment after <paramref name="after"/> that it fires at; null when there is none within eight years.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var from = after.UtcDateTime;
        var start = new DateTime(from.Ticks - (from.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);
        if (every is { } interval)
        {
            return new DateTimeOffset(start + interval);
        }

        var time = start.AddSeconds(1);
        var end = time.AddYears(YearsAhead);
        while (time < end)
        {
            if (!months.Has(time.Month))
            {
                time = new DateTime(time.Year, time.Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(1);
            }
            else if (!FallsOn(time))
            {
                time = time.Date.AddDays(1);
            }
            else if (!hours.Has(time.Hour))
            {
                time = time.Date.AddHours(time.Hour + 1);
            }
            else if (!minutes.Has(time.Minute))
            {
                time = time.Date.AddHours(time.Hour).AddMinutes(time.Minute + 1);
            }
            else if (!seconds.Has(time.Second))
            {
                time = time.AddSeconds(1);
            }
            else
            {
                return new DateTimeOffset(time);
            }
        }

        return null;
    }

    private bool FallsOn(DateTime time)
    {
        var (day, weekday) = (days.Has(time.Day), weekdays.Has((int)time.DayOfWeek));
        return days.IsStar || weekdays.IsStar ? day && weekday : day || weekday;
    }

    private static Cron? Parse(string text)
    {
        if (text.StartsWith('@'))
        {
            return Word(text);
        }

        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length == 6
            && CronField.Seconds(fields[0]) is { } seconds
            && CronField.Seconds(fields[1]) is { } minutes
            && CronField.Hours(fields[2]) is { } hours
            && CronField.Days(fields[3]) is { } days
            && CronField.MonthsOf(fields[4]) is { } months
            && CronField.WeekdaysOf(fields[5]) is { } weekdays
            ? new Cron(seconds, minutes, hours, days, months, weekdays)
            : null;
    }

    private static Cron? Word(string text) => text switch
    {
        "@yearly" or "@annually" => Parse("0 0 0 1 1 *"),
        "@monthly" => Parse("0 0 0 1 * *"),
        "@weekly" => Parse("0 0 0 * * 0"),
        "@daily" or "@midnight" => Parse("0 0 0 * * *"),
        "@hourly" => Parse("0 0 * * * *"),
        _ => Every(text),
    };

    private static Cron? Every(string text)
    {
        if (Duration().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var interval = TimeSpan.FromHours(Part(match, "h")) + TimeSpan.FromMinutes(Part(match, "m")) + TimeSpan.FromSeconds(Part(match, "s"));
        return interval >= TimeSpan.FromSeconds(1) ? new Cron(interval) : null;
    }

    private static int Part(Match match, string unit) =>
        match.Groups[unit] is { Success: true } group ? int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex("^@every (?:(?<h>[0-9]{1,5})h)?(?:(?<m>[0-9]{1,6})m)?(?:(?<s>[0-9]{1,8})s)?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Duration();
}
