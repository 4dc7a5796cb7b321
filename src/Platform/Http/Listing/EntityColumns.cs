using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;

namespace Harbor.Platform.Http.Listing;

/// <summary>The columns that a list lets callers filter and sort by, as EF expressions. What is not named here cannot be touched.</summary>
/// <typeparam name="T">Entity or projection that EF can translate.</typeparam>
public sealed class EntityColumns<T>
{
    private readonly Dictionary<string, Column> columns = new(StringComparer.Ordinal);

    private sealed record Column(ColumnKind Kind, LambdaExpression Value);

    public EntityColumns<T> Text(string name, Expression<Func<T, string?>> value) => Add(name, ColumnKind.Text, value);

    public EntityColumns<T> Number(string name, Expression<Func<T, long>> value) => Add(name, ColumnKind.Number, value);

    public EntityColumns<T> Time(string name, Expression<Func<T, DateTimeOffset>> value) => Add(name, ColumnKind.Time, value);

    public EntityColumns<T> Flag(string name, Expression<Func<T, bool>> value) => Add(name, ColumnKind.Flag, value);

    /// <summary>Keeps the rows that meet every condition on a column known here.</summary>
    public IQueryable<T> Filter(IQueryable<T> rows, FilterQuery filter)
    {
        foreach (var condition in filter.Conditions)
        {
            if (TryFind(condition.Key, out var column) && condition.Operator != FilterOperator.AllOf)
            {
                var row = column.Value.Parameters[0];
                rows = rows.Where(Expression.Lambda<Func<T, bool>>(Test(column, condition), row));
            }
        }

        return rows;
    }

    /// <summary>Orders by the caller's keys; by <paramref name="standard"/> when none of them is known. <paramref name="tieBreaker"/> makes pages disjoint.</summary>
    public IOrderedQueryable<T> Sort(IQueryable<T> rows, SortQuery sort, SortKey[] standard, SortKey tieBreaker)
    {
        var keys = sort.Keys.Where(key => TryFind(key.Key, out _)).ToList();
        IOrderedQueryable<T>? ordered = null;
        foreach (var key in (keys.Count > 0 ? keys : [.. standard]).Append(tieBreaker))
        {
            TryFind(key.Key, out var column);
            var method = (ordered, key.Descending) switch
            {
                (null, false) => nameof(Queryable.OrderBy),
                (null, true) => nameof(Queryable.OrderByDescending),
                (_, false) => nameof(Queryable.ThenBy),
                _ => nameof(Queryable.ThenByDescending),
            };
            var call = Expression.Call(
                typeof(Queryable), method, [typeof(T), column!.Value.ReturnType], (ordered ?? rows).Expression, Expression.Quote(column.Value));
            ordered = (IOrderedQueryable<T>)rows.Provider.CreateQuery<T>(call);
        }

        return ordered!;
    }

    private static Expression Test(Column column, FilterCondition condition)
    {
        var value = column.Value.Body;
        column.Kind.Check(condition);
        switch (condition.Operator)
        {
            case FilterOperator.Contains:
                var text = column.Kind == ColumnKind.Text ? value : Expression.Call(value, nameof(ToString), Type.EmptyTypes);
                return Expression.Call(
                    typeof(NpgsqlDbFunctionsExtensions), nameof(NpgsqlDbFunctionsExtensions.ILike), Type.EmptyTypes,
                    Expression.Constant(EF.Functions), text, Parameter(LikePattern.Containing(condition.Value), typeof(string)),
                    Expression.Constant(@"\"));   // without it EF turns escaping off
            case FilterOperator.AnyOf:
                return condition.Values
                    .Select(each => Compare(column, condition.Key, FilterOperator.Equal, each))
                    .Aggregate((Expression)Expression.Constant(false), Expression.OrElse);
            case FilterOperator.Range:
                return condition.Values
                    .Zip([FilterOperator.GreaterOrEqual, FilterOperator.LessOrEqual])
                    .Where(end => end.First.Length > 0)
                    .Select(end => Compare(column, condition.Key, end.Second, end.First))
                    .Aggregate(Expression.AndAlso);
            default:
                return Compare(column, condition.Key, condition.Operator, condition.Value);
        }
    }

    private static BinaryExpression Compare(Column column, string key, FilterOperator comparison, string text)
    {
        var left = column.Value.Body;
        var right = Parameter(column.Kind.Parse(key, text), left.Type);
        if (column.Kind == ColumnKind.Text && comparison != FilterOperator.Equal)
        {
            // Strings have no operators in C#; EF reads this call as one.
            var compared = Expression.Call(typeof(string), nameof(string.Compare), Type.EmptyTypes, left, right);
            return Ordered(comparison, compared, Expression.Constant(0));
        }

        return Ordered(comparison, left, right);
    }

    private static BinaryExpression Ordered(FilterOperator comparison, Expression left, Expression right) => comparison switch
    {
        FilterOperator.Greater => Expression.GreaterThan(left, right),
        FilterOperator.GreaterOrEqual => Expression.GreaterThanOrEqual(left, right),
        FilterOperator.Less => Expression.LessThan(left, right),
        FilterOperator.LessOrEqual => Expression.LessThanOrEqual(left, right),
        _ => Expression.Equal(left, right),
    };

    /// <summary>A captured value, as a closure holds it: EF makes a parameter of that, and a literal of a plain constant.</summary>
    private static UnaryExpression Parameter(object value, Type type) =>
        Expression.Convert(Expression.Property(Expression.Constant(new Captured(value)), nameof(Captured.Value)), type);

    private sealed record Captured(object Value);

    private EntityColumns<T> Add(string name, ColumnKind kind, LambdaExpression value)
    {
        columns.Add(name, new Column(kind, value));
        return this;
    }

    private bool TryFind(string key, [NotNullWhen(true)] out Column? column) =>
        columns.TryGetValue(key, out column) || columns.TryGetValue(FilterKey.ToColumn(key), out column);
}
