using System.Collections.Frozen;

namespace Harbor.Platform.Http.Listing;

/// <summary>The columns that a list lets callers filter and sort by, as SQL expressions. What is not named here cannot be touched.</summary>
/// <param name="columns">Wire name, kind and SQL of each; the SQL is ours, and values only ever travel as parameters.</param>
public sealed class SqlColumns(params (string Name, ColumnKind Kind, string Sql)[] columns)
{
    private readonly FrozenDictionary<string, (string Name, ColumnKind Kind, string Sql)> byName =
        columns.ToFrozenDictionary(column => column.Name, StringComparer.Ordinal);

    /// <summary>Whether a key, as a caller wrote it, names one of them.</summary>
    public bool Knows(string key) => TryFind(key, out _);

    /// <summary>Adds a condition to <paramref name="sql"/> for each one on a column known here, every one with AND before it.</summary>
    public void AppendFilter(SqlText sql, FilterQuery filter)
    {
        foreach (var condition in filter.Conditions)
        {
            if (TryFind(condition.Key, out var column) && condition.Operator != FilterOperator.AllOf)
            {
                sql.Append(" AND ");
                AppendTest(sql, column.Kind, column.Sql, condition);
            }
        }
    }

    /// <summary>Adds ORDER BY: the caller's keys, or <paramref name="standard"/> when none of them is known, then <paramref name="tieBreaker"/>.</summary>
    public void AppendSort(SqlText sql, SortQuery sort, string standard, string tieBreaker)
    {
        var keys = sort.Keys
            .Select(key => (Known: TryFind(key.Key, out var column), column.Sql, key.Descending))
            .Where(key => key.Known)
            .Select(key => key.Descending ? $"{key.Sql} DESC" : key.Sql)
            .ToList();
        sql.Append(" ORDER BY ").Append(keys.Count > 0 ? string.Join(", ", keys) : standard).Append(", ").Append(tieBreaker);
    }

    private static void AppendTest(SqlText sql, ColumnKind kind, string column, FilterCondition condition)
    {
        kind.Check(condition);
        switch (condition.Operator)
        {
            case FilterOperator.Contains:
                sql.Append($"({column})::text ILIKE ").Parameter(LikePattern.Containing(condition.Value));
                break;
            case FilterOperator.AnyOf:
                sql.Append($"{column} = ANY(").Parameter(Array(kind, condition)).Append(")");
                break;
            case FilterOperator.Range:
                var (low, high) = (condition.Values[0], condition.Values[1]);
                AppendComparison(sql, kind, column, condition.Key, low.Length > 0 ? ">=" : "<=", low.Length > 0 ? low : high);
                if (low.Length > 0 && high.Length > 0)
                {
                    sql.Append(" AND ");
                    AppendComparison(sql, kind, column, condition.Key, "<=", high);
                }

                break;
            default:
                AppendComparison(sql, kind, column, condition.Key, Symbol(condition.Operator), condition.Value);
                break;
        }
    }

    private static void AppendComparison(SqlText sql, ColumnKind kind, string column, string key, string symbol, string text) =>
        sql.Append($"{column} {symbol} ").Parameter(kind.Parse(key, text));

    private static string Symbol(FilterOperator comparison) => comparison switch
    {
        FilterOperator.Greater => ">",
        FilterOperator.GreaterOrEqual => ">=",
        FilterOperator.Less => "<",
        FilterOperator.LessOrEqual => "<=",
        _ => "=",
    };

    private static object Array(ColumnKind kind, FilterCondition condition)
    {
        var values = condition.Values.Select(text => kind.Parse(condition.Key, text));
        return kind switch
        {
            ColumnKind.Number => values.Cast<long>().ToArray(),
            ColumnKind.Time => values.Cast<DateTimeOffset>().ToArray(),
            ColumnKind.Flag => values.Cast<bool>().ToArray(),
            _ => values.Cast<string>().ToArray(),
        };
    }

    private bool TryFind(string key, out (string Name, ColumnKind Kind, string Sql) column) =>
        byName.TryGetValue(key, out column) || byName.TryGetValue(FilterKey.ToColumn(key), out column);
}
