using Harbor.Platform.Data;
using Npgsql;

namespace Harbor.Platform.Http.Listing;

public static class SqlPages
{
    /// <summary>Runs <paramref name="rows"/> for one page, and <paramref name="count"/> unless the page itself tells the total.</summary>
    public static async Task<Page<T>> ReadAsync<T>(
        Database db, SqlText rows, SqlText count, PageRequest page, Func<NpgsqlDataReader, T> map, CancellationToken ct)
    {
        await using var select = rows.AppendPage(page).ToCommand(db);
        var items = await select.ListAsync(map, ct);
        if (page.Offset == 0 && (!page.IsLimited || items.Count < page.Size))
        {
            return new Page<T>(items, items.Count);
        }

        await using var total = count.ToCommand(db);
        return new Page<T>(items, (long)(await total.ExecuteScalarAsync(ct))!);
    }
}
