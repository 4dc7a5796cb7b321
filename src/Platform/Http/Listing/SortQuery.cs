using Harbor.Platform.Http.Binding;
using Microsoft.AspNetCore.Http;

namespace Harbor.Platform.Http.Listing;

/// <summary>The <c>sort</c> parameter of a list: keys by falling weight, <c>-</c> before one that descends.</summary>
/// <remarks>Keys that the list does not know are ignored; when none is left, the list's own order stands.</remarks>
public sealed record SortQuery(IReadOnlyList<SortKey> Keys) : IApiParameters<SortQuery>
{
    public static readonly SortQuery Empty = new([]);

    private static readonly ApiParameter Parameter = ApiParameter.Text("sort");

    public static IReadOnlyList<ApiParameter> Parameters { get; } = [Parameter];

    public static SortQuery Read(HttpContext http) => Parse(Parameter.ReadText(http));

    public static SortQuery Parse(string? text) => string.IsNullOrEmpty(text)
        ? Empty
        : new SortQuery([.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(key => key.StartsWith('-') ? new SortKey(key[1..], Descending: true) : new SortKey(key, Descending: false))]);
}

public sealed record SortKey(string Key, bool Descending);
