using System.Net;
using Harbor.Oci;

namespace Harbor.Platform.Http.Listing;

/// <summary>Reads Harbor's query language.</summary>
/// <remarks>
/// <c>k=v</c> equal, <c>k=~v</c> contains in any case, <c>k=[min~max]</c> range, <c>k={a b}</c> any of, <c>k=(a b)</c> all of, separated by commas;
/// <c>\</c> before a value takes its first character literally; <c>k__gte=v</c> and its like name the comparison.
/// The text is unescaped once more than HTTP does, so that <c>tags%253Dnil</c> works.
/// </remarks>
internal static class FilterParser
{
    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>: not in the language.</exception>
    public static FilterQuery Parse(string text)
    {
        var conditions = new Dictionary<string, FilterCondition>(StringComparer.Ordinal);
        foreach (var item in Unescape(text).Split(','))
        {
            var equals = item.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == item.Length - 1)
            {
                throw Malformed("the query string must contain \"=\" and the key/value cannot be empty");
            }

            var key = item[..equals];
            if (ParseCondition(key, item[(equals + 1)..]) is { } condition)
            {
                conditions[key] = condition;   // of a key given twice, the last one stands
            }
        }

        return new FilterQuery([.. conditions.Values]);
    }

    private static FilterCondition? ParseCondition(string key, string value)
    {
        var parsed = value[0] switch
        {
            '~' => value.Length > 1
                ? new FilterCondition(key, FilterOperator.Contains, [value[1..]])
                : throw Malformed("a fuzzy value needs at least one character after \"~\""),
            '[' => new FilterCondition(key, FilterOperator.Range, ParseRange(Inside(value, ']'))),
            '{' => new FilterCondition(key, FilterOperator.AnyOf, ParseList(Inside(value, '}'))),
            '(' => new FilterCondition(key, FilterOperator.AllOf, ParseList(Inside(value, ')'))),
            '\\' => new FilterCondition(key, FilterOperator.Equal, [value[1..]]),
            _ => new FilterCondition(key, FilterOperator.Equal, [value]),
        };

        return key.Split("__") switch
        {
            [_] => parsed,
            [var column, var suffix] when parsed.Operator == FilterOperator.Equal && Suffix(suffix) is { } comparison =>
                parsed with { Key = column, Operator = comparison },
            _ => null,   // a comparison that is unknown, or in conflict with the value's own
        };
    }

    private static FilterOperator? Suffix(string suffix) => suffix switch
    {
        "exact" => FilterOperator.Equal,
        "icontains" => FilterOperator.Contains,
        "in" => FilterOperator.AnyOf,
        "gte" => FilterOperator.GreaterOrEqual,
        "lte" => FilterOperator.LessOrEqual,
        "gt" => FilterOperator.Greater,
        "lt" => FilterOperator.Less,
        _ => null,
    };

    private static string[] ParseRange(string inside)
    {
        var ends = inside.Split('~');
        return ends.Length == 2 && (ends[0].Length > 0 || ends[1].Length > 0)
            ? [Unquote(ends[0]), Unquote(ends[1])]
            : throw Malformed("a range must be \"[min~max]\" with at least one end");
    }

    private static string[] ParseList(string inside) =>
        [.. inside.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Unquote)];

    private static string Inside(string value, char close) =>
        value.Length > 1 && value[^1] == close ? value[1..^1] : throw Malformed($"\"{value}\" must end with \"{close}\"");

    private static string Unquote(string value) => value.Trim('"', '\'');

    /// <summary>Leaves alone what is not well-formed, as Harbor does: a plain per cent sign is no error.</summary>
    private static string Unescape(string text)
    {
        for (var at = text.IndexOf('%', StringComparison.Ordinal); at >= 0; at = text.IndexOf('%', at + 3))
        {
            if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
            {
                return text;
            }
        }

        return WebUtility.UrlDecode(text);
    }

    private static RegistryException Malformed(string message) => new(ErrorCode.BadRequest, $"invalid query: {message}");
}
