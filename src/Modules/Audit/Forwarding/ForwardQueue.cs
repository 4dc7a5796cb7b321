using Harbor.Platform.Data;

namespace Harbor.Modules.Audit.Forwarding;

/// <summary>Records on their way to a syslog server. They wait in the database, so that no crash and no restart loses one.</summary>
internal static class ForwardQueue
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    public static Task<int> AddAsync(Transaction tx, IReadOnlyList<AuditRecord> records) => tx.ExecuteAsync("""
        INSERT INTO audit_forward (op_time, message)
        SELECT coalesce(at, harbor_now()), message FROM unnest($1::timestamptz[], $2::text[]) AS given (at, message)
        """, records.Select(record => record.At).ToArray(), records.Select(SyslogMessage.Text).ToArray());

    /// <summary>Takes the oldest for a minute, in which no other replica sends them.</summary>
    public static async Task<List<ForwardRow>> TakeAsync(Database db, int limit, CancellationToken ct)
    {
        await using var command = db.Command("""
            UPDATE audit_forward SET leased_until = harbor_now() + $2 WHERE id IN (
                SELECT id FROM audit_forward WHERE leased_until IS NULL OR leased_until < harbor_now() ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)
            RETURNING id, op_time, message
            """).With(limit, Lease);
        var rows = await command.ListAsync(row => new ForwardRow(row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2)), ct);
        rows.Sort((one, other) => one.Id.CompareTo(other.Id));
        return rows;
    }

    public static async Task RemoveAsync(Database db, IReadOnlyList<ForwardRow> sent, CancellationToken ct)
    {
        await using var command = db.Command("DELETE FROM audit_forward WHERE id = ANY($1)").With(Ids(sent));
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Gives back what could not be sent.</summary>
    public static async Task ReturnAsync(Database db, IReadOnlyList<ForwardRow> unsent, CancellationToken ct)
    {
        await using var command = db.Command("UPDATE audit_forward SET leased_until = NULL WHERE id = ANY($1)").With(Ids(unsent));
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Drops the oldest beyond <paramref name="most"/>, so that a server which is away for long fills no disk. Answers how many.</summary>
    public static async Task<int> TrimAsync(Database db, int most, CancellationToken ct)
    {
        await using var command = db.Command(
            "DELETE FROM audit_forward WHERE id <= (SELECT id FROM audit_forward ORDER BY id DESC OFFSET $1 LIMIT 1)").With(most);
        return await command.ExecuteNonQueryAsync(ct);
    }

    private static long[] Ids(IReadOnlyList<ForwardRow> rows) => [.. rows.Select(row => row.Id)];
}

internal sealed record ForwardRow(long Id, DateTimeOffset At, string Message);
