using System.Buffers;
using System.Security.Cryptography;
using Harbor.Modules.Artifacts.Blobs;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Storage;

namespace Harbor.Modules.SystemArtifacts;

/// <summary>Keeps files that the server itself makes, outside of projects: for a day, or less.</summary>
/// <remarks>
/// The row comes before the bytes, and names where they are written and where they go. It is removed in the transaction that lists both
/// places for erasing. So a crash at any point leaves bytes that a row knows.
/// </remarks>
public sealed class SystemArtifacts(Database db, IBlobStore store)
{
    private const int BufferSize = 256 << 10;

    /// <summary>Takes a file to its end, and keeps it durably.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="IOException">The store could not take it, or the cleanup found it too old while it was written; nothing is kept.</exception>
    public async Task<long> StoreAsync(NewSystemArtifact artifact, Stream content, CancellationToken ct)
    {
        var claim = Guid.CreateVersion7();
        var stage = store.StageOf(claim, claim);
        var id = await AddAsync(artifact, stage, ct);
        try
        {
            var (digest, size) = await WriteAsync(stage, content, ct);
            var location = store.BlobOf(digest, claim);
            await SetAsync("UPDATE system_artifact SET location = $2, digest = $3 WHERE id = $1", ct, id, location.Key, digest.ToBytes());
            if (!await store.PublishAsync(stage, location, synced: true))
            {
                throw new IOException("What was written is gone.");
            }

            // Past this point the file is there; whoever hangs up now has it kept all the same.
            await SetAsync("UPDATE system_artifact SET size = $2 WHERE id = $1", CancellationToken.None, id, size);
            return id;
        }
        catch
        {
            await DeleteAsync(id, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Opens a file of a vendor; null when there is none, or no more.</summary>
    public async Task<OpenSystemArtifact?> OpenAsync(string vendor, long id, CancellationToken ct)
    {
        await using var command = db.Command("""
            SELECT name, digest, location, creation_time FROM system_artifact
            WHERE id = $1 AND vendor = $2 AND size IS NOT NULL AND (expires_at IS NULL OR expires_at > harbor_now())
            """).With(id, vendor);
        var found = await command.FindAsync(
            row => (Name: row.GetString(0), Digest: Digest.FromBytes(row.GetFieldValue<byte[]>(1)), Location: row.GetString(2), At: row.GetFieldValue<DateTimeOffset>(3)), ct);
        return found.Location is not null && store.Open(new Location(found.Location)) is { } content
            ? new OpenSystemArtifact(found.Name, found.Digest.Value, found.At, content)
            : null;
    }

    /// <summary>Removes a file; its bytes are erased soon after. One that is not there is no error.</summary>
    public Task DeleteAsync(long id, CancellationToken ct) => db.TransactAsync(tx => DeleteAsync(tx, id), ct);

    /// <inheritdoc cref="DeleteAsync(long, CancellationToken)"/>
    public static async Task DeleteAsync(Transaction tx, long id) => await DisownAsync(tx, "id = $1", id);

    /// <summary>Removes files that are older than <paramref name="age"/>, or were wanted no longer.</summary>
    /// <returns>How many, and their bytes.</returns>
    internal static async Task<(int Count, long Bytes)> DeleteOldAsync(Transaction tx, TimeSpan age, int limit) => await DisownAsync(tx, """
        id IN (SELECT id FROM system_artifact WHERE creation_time < harbor_now() - $1 OR expires_at < harbor_now() ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
        """, age, limit);

    /// <param name="condition">Fixed SQL.</param>
    private static async Task<(int Count, long Bytes)> DisownAsync(Transaction tx, string condition, params object?[] values)
    {
        var gone = await tx.ListAsync(
            $"DELETE FROM system_artifact WHERE {condition} RETURNING stage, location, coalesce(size, 0)",
            row => (Stage: new Location(row.GetString(0)), Location: row.IsDBNull(1) ? (Location?)null : new Location(row.GetString(1)), Size: row.GetInt64(2)), values);
        await Erasures.AddAsync(tx, gone.SelectMany(each => new Location?[] { each.Stage, each.Location }), 0, TimeSpan.Zero);
        return (gone.Count, gone.Sum(each => each.Size));
    }

    private async Task<long> AddAsync(NewSystemArtifact artifact, Location stage, CancellationToken ct)
    {
        await using var command = db.Command("""
            INSERT INTO system_artifact (vendor, name, stage, creation_time, expires_at) VALUES ($1, $2, $3, harbor_now(), harbor_now() + $4::interval) RETURNING id
            """).With(artifact.Vendor, artifact.Name, stage.Key, artifact.Lifetime);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private async Task SetAsync(string sql, CancellationToken ct, params object?[] values)
    {
        await using var command = db.Command(sql).With(values);
        if (await command.ExecuteNonQueryAsync(ct) == 0)
        {
            throw new IOException("The file was cleaned up while it was written.");
        }
    }

    private async Task<(Digest Digest, long Size)> WriteAsync(Location stage, Stream content, CancellationToken ct)
    {
        await using var upload = await store.ResumeAsync(stage, 0, ct) ?? throw new IOException("The stage could not be made.");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int read;
            while ((read = await content.ReadAsync(buffer, ct)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                await upload.AppendAsync(new ReadOnlySequence<byte>(buffer, 0, read), ct);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        await upload.SyncAsync();
        return (Digest.TryParse($"sha256:{Convert.ToHexStringLower(hash.GetHashAndReset())}", out var digest) ? digest : throw new InvalidOperationException("A hash is no digest."), upload.Length);
    }
}
