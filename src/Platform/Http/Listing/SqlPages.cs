using Harbor.Platform.Data;
using Npgsql;

namespace Harbor.Platform.Http.Listing;

public static class SqlPages
{
    /// <summary>Runs <paramref name="rows"/> for one page, and <paramref name="count"/> unless the page itself tells the total.</summary>
    public static Task<Page<T>> ReadAsync<T>(
        Database db, SqlText rows, SqlText count, PageRequest page, Func<NpgsqlDataReader, T> map, CancellationToken ct) =>
        ReadAsync(db, rows, () => CountAsync(db, count, ct), page, map, ct);

    /// <inheritdoc cref="ReadAsync{T}(Database, SqlText, SqlText, PageRequest, Func{NpgsqlDataReader, T}, CancellationToken)"/>
    public static async Task<Page<T>> ReadAsync<T>(
        Database db, SqlText rows, Func<Task<long>> count, PageRequest page, Func<NpgsqlDataReader, T> map, CancellationToken ct)
    {
        await using var select = rows.AppendPage(page).ToCommand(db);
        var items = await select.ListAsync(map, ct);
        return page.Offset == 0 && (!page.IsLimited || items.Count < page.Size)
            ? new Page<T>(items, items.Count)
            : new Page<T>(items, await count());
    }

    public static async Task<long> CountAsync(Database db, SqlText count, CancellationToken ct)
    {
        await using var total = count.ToCommand(db);
        return (long)(await total.ExecuteScalarAsync(ct))!;
    }
}
