using Harbor.Platform.Http.Binding;
using Microsoft.AspNetCore.Http;

namespace Harbor.Platform.Http.Listing;

/// <summary>The <c>q</c> parameter of a list: conditions of which all must hold.</summary>
/// <remarks>Which keys mean something is up to each list. Keys that it does not know are ignored, as Harbor's clients expect.</remarks>
public sealed record FilterQuery(IReadOnlyList<FilterCondition> Conditions) : IApiParameters<FilterQuery>
{
    public static readonly FilterQuery Empty = new([]);

    private static readonly ApiParameter Parameter = ApiParameter.Text("q");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [Parameter];

    public static FilterQuery Read(HttpContext http) => Parameter.ReadText(http) is { Length: > 0 } text ? FilterParser.Parse(text) : Empty;

    /// <summary>The condition on <paramref name="key"/>; of several, the last.</summary>
    public FilterCondition? Find(string key) => Conditions.LastOrDefault(condition => FilterKey.Names(condition.Key, key));

    public FilterQuery And(FilterQuery other) => new([.. Conditions, .. other.Conditions]);

    /// <summary>The other conditions: for lists that treat <paramref name="keys"/> in their own way.</summary>
    public FilterQuery Without(params string[] keys) =>
        new([.. Conditions.Where(condition => !Array.Exists(keys, key => FilterKey.Names(condition.Key, key)))]);
}
