using Harbor.Platform.Data;
using Microsoft.Extensions.Logging;

namespace Harbor.Modules.Quotas;

/// <summary>Counts again what projects hold, and corrects what they are said to use. Pushes go on meanwhile.</summary>
/// <remarks>
/// First each digest that is miscounted, a bounded number in one transaction; then the sum, under the lock of the project's quota:
/// whoever charged something before holds or waits for that row, and adds his own change when it is free.
/// </remarks>
internal sealed class QuotaRecount(Database db, IHeldContent content, ILogger<QuotaRecount> logger)
{
    private const int ProjectsAtOnce = 1000;
    private const int DigestsAtOnce = 1000;

    public async Task RunAsync(CancellationToken ct)
    {
        var (projects, corrected, last) = (0, 0, 0L);
        for (var some = await ProjectsAfterAsync(last, ct); some.Count > 0; some = await ProjectsAfterAsync(last, ct))
        {
            foreach (var project in some)
            {
                corrected += await RunAsync(project, ct) ? 1 : 0;
            }

            (projects, last) = (projects + some.Count, some[^1]);
        }

        Log.Recounted(logger, projects, corrected);
    }

    /// <summary>True when something was to be corrected.</summary>
    private async Task<bool> RunAsync(long projectId, CancellationToken ct)
    {
        var corrected = false;
        byte[][] wrong;
        do
        {
            wrong = await content.FindMiscountedAsync(projectId, DigestsAtOnce, ct);
            if (wrong.Length > 0)
            {
                await db.TransactAsync(tx => CorrectAsync(tx, projectId, wrong), ct);
                corrected = true;
            }
        }
        while (wrong.Length == DigestsAtOnce);

        return await db.TransactAsync(tx => SumAsync(tx, projectId), ct) || corrected;
    }

    // The rows are locked, and then the holders are looked at: whoever makes or ends one now waits for its row, and counts himself.
    private async Task CorrectAsync(Transaction tx, long projectId, byte[][] digests)
    {
        var counted = await tx.ListAsync(
            "SELECT digest, size FROM project_blob WHERE project_id = $1 AND digest = ANY($2) ORDER BY digest FOR UPDATE",
            row => (Digest: row.GetFieldValue<byte[]>(0), Size: row.GetInt64(1)), projectId, digests);
        var held = await content.CountAsync(tx, projectId, digests);
        var values = new object?[] { projectId, held.Select(each => each.Digest).ToArray(), held.Select(each => each.SizeBytes).ToArray(), held.Select(each => each.Count).ToArray() };
        var locked = counted.Select(each => each.Digest).ToArray();
        await tx.ExecuteAsync("DELETE FROM project_blob WHERE project_id = $1 AND digest = ANY($2) AND NOT digest = ANY($3)", projectId, locked, values[1]);
        await tx.ExecuteAsync("""
            UPDATE project_blob AS kept SET size = held.size, count = held.count FROM unnest($2::bytea[], $3::bigint[], $4::integer[]) AS held (digest, size, count)
            WHERE kept.project_id = $1 AND kept.digest = held.digest AND kept.digest = ANY($5)
            """, [.. values, locked]);

        // A row that somebody makes meanwhile is right as it is.
        var missing = await tx.ListAsync("""
            INSERT INTO project_blob (project_id, digest, size, count)
            SELECT $1, digest, size, count FROM unnest($2::bytea[], $3::bigint[], $4::integer[]) AS held (digest, size, count) ORDER BY digest
            ON CONFLICT (project_id, digest) DO NOTHING RETURNING size
            """, row => row.GetInt64(0), values);
        var now = await tx.ScalarAsync<long>(
            "SELECT coalesce(sum(size), 0)::bigint FROM project_blob WHERE project_id = $1 AND digest = ANY($2)", projectId, locked);
        await tx.ExecuteAsync(
            "UPDATE quota SET used = greatest(0, used + $2), update_time = harbor_now() WHERE project_id = $1", projectId, missing.Sum() + now - counted.Sum(each => each.Size));
    }

    private static async Task<bool> SumAsync(Transaction tx, long projectId)
    {
        await tx.ExecuteAsync("SELECT 1 FROM quota WHERE project_id = $1 FOR UPDATE", projectId);
        return await tx.ExecuteAsync("""
            UPDATE quota SET used = held.bytes, update_time = harbor_now()
            FROM (SELECT coalesce(sum(size), 0)::bigint AS bytes FROM project_blob WHERE project_id = $1) AS held
            WHERE project_id = $1 AND used <> held.bytes
            """, projectId) > 0;
    }

    private async Task<List<long>> ProjectsAfterAsync(long last, CancellationToken ct)
    {
        await using var command = db.Command("SELECT project_id FROM quota WHERE project_id > $1 ORDER BY project_id LIMIT $2").With(last, ProjectsAtOnce);
        return await command.ListAsync(row => row.GetInt64(0), ct);
    }
}
