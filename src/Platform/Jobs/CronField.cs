using System.Globalization;

namespace Harbor.Platform.Jobs;

/// <summary>One field of a cron expression, as the set of values it takes.</summary>
/// <param name="Bits">Bit n: the value n is in it.</param>
/// <param name="IsStar">Written as <c>*</c> or <c>?</c>: it asks for nothing.</param>
internal readonly record struct CronField(ulong Bits, bool IsStar)
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public bool Has(int value) => (Bits >> value & 1) != 0;

    public static CronField? Seconds(string text) => Parse(text, 0, 59, []);

    public static CronField? Hours(string text) => Parse(text, 0, 23, []);

    public static CronField? Days(string text) => Parse(text, 1, 31, []);

    public static CronField? MonthsOf(string text) => Parse(text, 1, 12, Months);

    public static CronField? WeekdaysOf(string text) => Parse(text, 0, 6, Weekdays);

    private static CronField? Parse(string text, int min, int max, string[] names)
    {
        var bits = 0UL;
        var star = false;
        foreach (var part in text.Split(','))
        {
            if (Part(part, min, max, names) is not { } parsed)
            {
                return null;
            }

            bits |= parsed.Bits;
            star |= parsed.IsStar;
        }

        return new CronField(bits, star);
    }

    // *, ?, a, a-b, each with /step; "a/step" goes on to the end.
    private static CronField? Part(string text, int min, int max, string[] names)
    {
        var slash = text.Split('/');
        var dash = slash[0].Split('-');
        if (slash.Length > 2 || dash.Length > 2)
        {
            return null;
        }

        var step = 1;
        if (slash.Length == 2 && (!TryNumber(slash[1], out step) || step == 0))
        {
            return null;
        }

        int from, to;
        var star = dash[0] is "*" or "?";
        if (star)
        {
            if (dash.Length > 1)
            {
                return null;
            }

            (from, to) = (min, max);
        }
        else
        {
            if (!TryValue(dash[0], min, names, out from) || !TryValue(dash[^1], min, names, out to))
            {
                return null;
            }

            to = dash.Length == 1 && slash.Length == 2 ? max : to;
        }

        if (from < min || to > max || from > to)
        {
            return null;
        }

        var bits = 0UL;
        for (var value = from; value <= to; value += step)
        {
            bits |= 1UL << value;
        }

        return new CronField(bits, star && step == 1);
    }

    private static bool TryValue(string text, int min, string[] names, out int value)
    {
        var name = Array.FindIndex(names, each => each.Equals(text, StringComparison.OrdinalIgnoreCase));
        value = min + name;
        return name >= 0 || TryNumber(text, out value);
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= 1000;
}
