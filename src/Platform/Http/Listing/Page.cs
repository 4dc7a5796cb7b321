namespace Harbor.Platform.Http.Listing;

/// <summary>Part of a list.</summary>
/// <param name="Items">The rows of the page asked for; none beyond the last page.</param>
/// <param name="Total">Rows of the whole list.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, long Total)
{
    public Page<TOther> Select<TOther>(Func<T, TOther> map) => new([.. Items.Select(map)], Total);
}
