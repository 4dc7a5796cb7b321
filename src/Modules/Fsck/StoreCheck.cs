using Harbor.Platform.Data;
using Harbor.Platform.Settings;
using Harbor.Storage;

namespace Harbor.Modules.Fsck;

/// <summary>From bytes to rows: everything in the store must be owned by a blob, an upload, a file of the server's own, or the queue of what is erased.</summary>
/// <remarks>
/// Whoever writes makes his row first, and bytes pass from an upload to a blob or to the queue in one statement. So bytes that were
/// listed, and that no row owns in a statement after that, are nobody's; unless they were erased between the two, which a last look tells.
/// </remarks>
internal sealed class StoreCheck(FsckRun run, Database db, IBlobStore store, HarborOptions settings, TimeProvider clock)
{
    private const int BatchSize = 1000;

    public async Task RunAsync(CancellationToken ct)
    {
        run.Tally.Phase = "files";
        var batch = new List<StoredBytes>(BatchSize);
        await foreach (var found in store.ListAsync(ct))
        {
            run.Tally.Files++;
            batch.Add(found);
            if (batch.Count == BatchSize)
            {
                await CompareAsync(batch, ct);
                batch.Clear();
            }
        }

        await CompareAsync(batch, ct);
        await using var waiting = db.Command("SELECT count(*) FROM erasure");
        run.Tally.Waiting = (long)(await waiting.ExecuteScalarAsync(ct))!;
    }

    private async Task CompareAsync(List<StoredBytes> batch, CancellationToken ct)
    {
        var suspects = await WithoutOwnerAsync(batch, Quick, ct);
        var orphans = await WithoutOwnerAsync(suspects, Thorough, ct);
        orphans.RemoveAll(orphan => store.SizeOf(orphan.Location) is null);

        var old = run.Options.EraseOrphans ? orphans.FindAll(IsOld) : [];
        await QueueAsync(old, ct);
        var queued = old.Select(orphan => orphan.Location).ToHashSet();
        foreach (var orphan in orphans)
        {
            var detail = $"no row owns it; written at {orphan.WrittenAt:yyyy-MM-dd'T'HH:mm:ss'Z'}";
            await run.TellAsync(new Finding(
                FindingKind.Orphan, queued.Contains(orphan.Location) ? FindingOutcome.Queued : FindingOutcome.Remains,
                orphan.Digest?.Value, orphan.Location.Key, orphan.SizeBytes, [], detail));
        }
    }

    // By the index on digests: a blob's bytes lie where its digest has its place. An empty digest is nobody's.
    private const string Quick = """
        SELECT asked.location FROM unnest($1::text[], $2::bytea[], $3::boolean[]) AS asked (location, digest, canonical)
        WHERE EXISTS (SELECT 1 FROM blob WHERE blob.digest = asked.digest AND (blob.location = asked.location OR blob.location IS NULL AND asked.canonical))
           OR EXISTS (SELECT 1 FROM erasure WHERE erasure.location = asked.location)
           OR asked.location IN (SELECT place FROM upload, unnest(ARRAY[staged, claim_staged, upload.location]) AS place WHERE place IS NOT NULL)
           OR asked.location IN (SELECT place FROM system_artifact, unnest(ARRAY[stage, system_artifact.location]) AS place WHERE place IS NOT NULL)
        """;

    // What is left after that is rare enough to look through all rows for it.
    private const string Thorough = """
        SELECT location FROM blob WHERE location = ANY($1)
        UNION ALL SELECT location FROM erasure WHERE location = ANY($1)
        UNION ALL SELECT place FROM upload, unnest(ARRAY[staged, claim_staged, upload.location]) AS place WHERE place = ANY($1)
        UNION ALL SELECT place FROM system_artifact, unnest(ARRAY[stage, system_artifact.location]) AS place WHERE place = ANY($1)
        UNION ALL SELECT asked.location FROM unnest($1::text[], $2::bytea[], $3::boolean[]) AS asked (location, digest, canonical)
            JOIN blob ON blob.digest = asked.digest WHERE asked.canonical AND blob.location IS NULL
        """;

    private async Task<List<StoredBytes>> WithoutOwnerAsync(List<StoredBytes> found, string sql, CancellationToken ct)
    {
        if (found.Count == 0)
        {
            return [];
        }

        await using var command = db.Command(sql).With(
            found.Select(file => file.Location.Key).ToArray(),
            found.Select(file => file.Digest?.ToBytes() ?? []).ToArray(),
            found.Select(file => file.Digest is { } digest && store.CanonicalOf(digest) == file.Location).ToArray());
        var owned = (await command.ListAsync(row => row.GetString(0), ct)).ToHashSet(StringComparer.Ordinal);
        return found.FindAll(file => !owned.Contains(file.Location.Key));
    }

    private bool IsOld(StoredBytes orphan) => orphan.WrittenAt <= clock.GetUtcNow() - run.Options.OlderThan;

    private async Task QueueAsync(List<StoredBytes> orphans, CancellationToken ct)
    {
        if (orphans.Count > 0)
        {
            await using var command = db.Command("""
                INSERT INTO erasure (location, size, erase_after)
                SELECT location, size, harbor_now() + $3 FROM unnest($1::text[], $2::bigint[]) AS orphan (location, size) ORDER BY location
                ON CONFLICT (location) DO NOTHING
                """).With(orphans.Select(orphan => orphan.Location.Key).ToArray(), orphans.Select(orphan => orphan.SizeBytes).ToArray(), settings.EraseDelay);
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}
