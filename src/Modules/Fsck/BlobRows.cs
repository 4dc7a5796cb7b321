using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Events;
using Harbor.Storage;
using Npgsql;

namespace Harbor.Modules.Fsck;

/// <summary>The rows of <c>blob</c>, read a batch at a time while others push and delete, and the one change that a repair makes.</summary>
internal sealed class BlobRows(Database db, IBlobStore store)
{
    private const int BatchSize = 1000;
    private const int MostNames = 4;

    public async Task<long> CountAsync(CancellationToken ct)
    {
        await using var command = db.Command("SELECT count(*) FROM blob");
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>The rows that follow one by their number.</summary>
    public async Task<List<BlobRow>> ListAsync(long after, CancellationToken ct)
    {
        await using var command = db.Command("SELECT id, digest, size, location FROM blob WHERE id > $1 ORDER BY id LIMIT $2").With(after, BatchSize);
        return await command.ListAsync(Read, ct);
    }

    public async Task<BlobRow?> FindAsync(long id, CancellationToken ct)
    {
        await using var command = db.Command("SELECT id, digest, size, location FROM blob WHERE id = $1").With(id);
        return await command.FindAsync(Read, ct);
    }

    /// <summary>Those of <paramref name="rows"/> that own what is queued for erasing.</summary>
    /// <remarks>One statement, so one moment: a row that is being removed loses its bytes and queues them at once.</remarks>
    public async Task<List<BlobRow>> DoomedAsync(List<BlobRow> rows, CancellationToken ct)
    {
        await using var command = db.Command("""
            SELECT blob.id FROM unnest($1::bigint[], $2::text[]) AS asked (id, location)
            JOIN erasure ON erasure.location = asked.location
            JOIN blob ON blob.id = asked.id AND (blob.location = asked.location OR blob.location IS NULL)
            """).With(rows.Select(row => row.Id).ToArray(), rows.Select(row => row.Location.Key).ToArray());
        var doomed = (await command.ListAsync(row => row.GetInt64(0), ct)).ToHashSet();
        return rows.FindAll(row => doomed.Contains(row.Id));
    }

    /// <summary>Some of the repositories that are linked to a blob.</summary>
    public async Task<List<string>> RepositoriesAsync(long id, CancellationToken ct)
    {
        await using var command = db.Command("""
            SELECT repository.name FROM repository_blob AS link JOIN repository ON repository.id = link.repository_id
            WHERE link.blob_id = $1 ORDER BY repository.name LIMIT $2
            """).With(id, MostNames);
        return await command.ListAsync(row => row.GetString(0), ct);
    }

    /// <summary>Says that the bytes of a blob are elsewhere. False when the row is gone or says something else by now; nothing is changed then.</summary>
    public Task<bool> MoveAsync(BlobRow row, Location to, CancellationToken ct) =>
        db.TransactAsync(async tx =>
        {
            // Waits for whoever holds the row, and then looks at it as he left it.
            var moved = await tx.ExecuteAsync(
                "UPDATE blob SET location = $3 WHERE id = $1 AND location IS NOT DISTINCT FROM $2::text", row.Id, row.Kept, to.Key);
            if (moved == 1)
            {
                await tx.EvictAsync(ChangeFeed.Everything);   // it may be cached by any repository that is linked to it
            }

            return moved == 1;
        }, ct);

    private BlobRow Read(NpgsqlDataReader row)
    {
        var digest = Digest.FromBytes(row.GetFieldValue<byte[]>(1));
        var kept = row.IsDBNull(3) ? null : row.GetString(3);
        return new BlobRow(row.GetInt64(0), digest, row.GetInt64(2), kept, kept is null ? store.CanonicalOf(digest) : new Location(kept));
    }
}
