using System.Globalization;
using Harbor.Oci;

namespace Harbor.Platform.Http.Listing;

/// <summary>What a column holds, and so what a caller's value for it must be.</summary>
public enum ColumnKind
{
    Text,
    Number,
    Time,
    Flag,
}

internal static class ColumnKinds
{
    // Times carry no zone in this language; they are UTC. The database understands more forms, and so do we.
    private static readonly string[] TimeFormats =
        ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd"];

    /// <summary>The value as a parameter: text, 64-bit number, time in UTC or boolean.</summary>
    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>: not a value of this kind.</exception>
    public static object Parse(this ColumnKind kind, string key, string text)
    {
        switch (kind)
        {
            case ColumnKind.Text:
                return text;
            case ColumnKind.Number when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number):
                return number;
            case ColumnKind.Time when DateTimeOffset.TryParseExact(
                text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time):
                return time;
            case ColumnKind.Flag when text is "true" or "t" or "1":
                return true;
            case ColumnKind.Flag when text is "false" or "f" or "0":
                return false;
            default:
                throw new RegistryException(ErrorCode.BadRequest, $"invalid query: \"{text}\" is not a {Name(kind)}, as {key} needs it");
        }
    }

    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>: times have no parts to search for; booleans have no order either.</exception>
    public static void Check(this ColumnKind kind, FilterCondition condition)
    {
        var makesSense = kind switch
        {
            ColumnKind.Time => condition.Operator != FilterOperator.Contains,
            ColumnKind.Flag => condition.Operator is FilterOperator.Equal or FilterOperator.AnyOf,
            _ => true,
        };
        if (!makesSense)
        {
            throw new RegistryException(ErrorCode.BadRequest, $"invalid query: {condition.Key} is a {Name(kind)} and cannot be compared so");
        }
    }

    private static string Name(ColumnKind kind) => kind switch
    {
        ColumnKind.Number => "number",
        ColumnKind.Time => "time",
        ColumnKind.Flag => "boolean",
        _ => "text",
    };
}
