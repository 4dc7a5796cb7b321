using Microsoft.EntityFrameworkCore;

namespace Harbor.Platform.Http.Listing;

public static class QueryPages
{
    /// <summary>One page of <paramref name="rows"/>, which must be ordered, and their number: two statements, one when the first page is not full.</summary>
    public static async Task<Page<T>> ToPageAsync<T>(this IQueryable<T> rows, PageRequest page, CancellationToken ct)
    {
        if (page.Offset > int.MaxValue)
        {
            return new Page<T>([], await rows.LongCountAsync(ct));
        }

        var part = page.Offset > 0 ? rows.Skip((int)page.Offset) : rows;
        var items = await (page.IsLimited ? part.Take((int)page.Size) : part).ToListAsync(ct);
        var isWhole = page.Offset == 0 && (!page.IsLimited || items.Count < page.Size);
        return new Page<T>(items, isWhole ? items.Count : await rows.LongCountAsync(ct));
    }
}
