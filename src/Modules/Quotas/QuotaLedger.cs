using System.Globalization;
using Harbor.Modules.Configuration;
using Harbor.Oci;
using Harbor.Platform.Data;

namespace Harbor.Modules.Quotas;

/// <summary>
/// Collects, within one transaction, what content becomes counted in a project or stops being counted; the project's hot row is
/// touched once, last, and only when something changes.
/// </summary>
/// <remarks>A project pays for each digest once, however many of its repositories hold it: <c>project_blob</c> counts the holders.</remarks>
public sealed class QuotaLedger(Transaction tx, long projectId)
{
    /// <summary>SQL: whether limits are enforced at all. What is used is counted either way.</summary>
    /// <remarks>Asked of the database and only when a limit would refuse, so a push that fits never asks.</remarks>
    public static readonly string IsEnforced =
        $"coalesce((SELECT lower(value) FROM setting WHERE name = '{KnownSettings.QuotaPerProjectEnable.Name}'), 'true') <> 'false'";

    private long added;
    private long freed;

    /// <summary>Counts contents. Each digest may be named once per call.</summary>
    public async Task ChargeAsync(byte[][] digests, long[] sizes)
    {
        if (digests.Length == 0)
        {
            return;
        }

        var first = await tx.ListAsync("""
            INSERT INTO project_blob AS held (project_id, digest, size, count)
            SELECT $1, digest, size, 1 FROM unnest($2::bytea[], $3::bigint[]) AS content (digest, size) ORDER BY digest
            ON CONFLICT (project_id, digest) DO UPDATE SET count = held.count + 1
            RETURNING size, count
            """, row => row.GetInt32(1) == 1 ? row.GetInt64(0) : 0, projectId, digests, sizes);
        added += first.Sum();
    }

    /// <summary>Stops counting contents. Each digest may be named once per call.</summary>
    public async Task RefundAsync(byte[][] digests)
    {
        if (digests.Length == 0)
        {
            return;
        }

        await tx.ExecuteAsync(
            "SELECT 1 FROM project_blob WHERE project_id = $1 AND digest = ANY($2) ORDER BY digest FOR UPDATE", projectId, digests);
        await tx.ExecuteAsync(
            "UPDATE project_blob SET count = count - 1 WHERE project_id = $1 AND digest = ANY($2)", projectId, digests);
        var last = await tx.ListAsync(
            "DELETE FROM project_blob WHERE project_id = $1 AND digest = ANY($2) AND count = 0 RETURNING size",
            row => row.GetInt64(0), projectId, digests);
        freed += last.Sum();
    }

    /// <summary>Writes the sum to the project's quota. The last statement of its transaction.</summary>
    /// <param name="before">Statements to send ahead in the same round trip, such as the event of the change. They are run in any case.</param>
    /// <exception cref="RegistryException"><c>DENIED</c>: more is added than the limit leaves. What only frees is never refused.</exception>
    public async Task SettleAsync(params (string Sql, object?[] Values)[] before)
    {
        var change = added - freed;
        if (change == 0)
        {
            if (before.Length > 0)
            {
                await using var _ = await tx.BatchAsync(before);
            }

            return;
        }

        if (!await TakeAsync(change, before) && !await AddUnenforcedAsync(change))
        {
            var (hard, used) = (await tx.ListAsync(
                "SELECT hard, used FROM quota WHERE project_id = $1", row => (row.GetInt64(0), row.GetInt64(1)), projectId))
                .Single();
            throw Exceeded(change, used, hard);
        }
    }

    private async Task<bool> TakeAsync(long change, (string Sql, object?[] Values)[] before)
    {
        await using var reader = await tx.BatchAsync([.. before, ("""
            UPDATE quota SET used = used + $2, update_time = harbor_now()
            WHERE project_id = $1 AND ($2 <= 0 OR hard = -1 OR used + $2 <= hard)
            RETURNING true
            """, [projectId, change])]);
        return await reader.ReadAsync(tx.Ct);
    }

    /// <summary>Refuses when a project already uses more than its limit.</summary>
    public static async Task RefuseIfFullAsync(Transaction tx, long projectId)
    {
        var full = await tx.ListAsync($"SELECT hard, used FROM quota WHERE project_id = $1 AND hard <> -1 AND used > hard AND {IsEnforced}",
            row => (Hard: row.GetInt64(0), Used: row.GetInt64(1)), projectId);
        if (full.Count > 0)
        {
            throw Exceeded(0, full[0].Used, full[0].Hard);
        }
    }

    /// <summary>The refusal Harbor gives when a project is full. Amounts are in bytes.</summary>
    public static RegistryException Exceeded(long asked, long used, long hard) => new(ErrorCode.Denied,
        $"adding {Text(asked)} of storage resource, which when updated to current usage of {Text(used)} will exceed the configured upper limit of {Text(hard)}.");

    private async Task<bool> AddUnenforcedAsync(long change) => await tx.ExecuteAsync($"""
        UPDATE quota SET used = used + $2, update_time = harbor_now() WHERE project_id = $1 AND NOT ({IsEnforced})
        """, projectId, change) > 0;

    private static string Text(long bytes)
    {
        ReadOnlySpan<string> units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        double amount = bytes;
        var unit = 0;
        while (Math.Abs(amount) >= 1024 && unit < units.Length - 1)
        {
            amount /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{amount:F1} {units[unit]}");
    }
}
