namespace Harbor.Platform.Http.Listing;

public enum FilterOperator
{
    Equal,
    Contains,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,

    /// <summary>Two values, lowest and highest; an empty one is no bound.</summary>
    Range,

    /// <summary>Any of the values; none of them matches nothing.</summary>
    AnyOf,

    /// <summary>All of the values; only lists that say so honour it.</summary>
    AllOf,
}

/// <summary>One <c>key=value</c> of a <c>q</c> parameter.</summary>
/// <param name="Key">As the caller wrote it, without a suffix operator.</param>
/// <param name="Values">Still text: the column that the key names decides what they mean.</param>
public sealed record FilterCondition(string Key, FilterOperator Operator, IReadOnlyList<string> Values)
{
    /// <summary>The only value of a condition that has one.</summary>
    public string Value => Values[0];
}
