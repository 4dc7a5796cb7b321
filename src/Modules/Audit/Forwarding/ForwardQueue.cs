using Harbor.Platform.Data;

namespace Harbor.Modules.Audit.Forwarding;

/// <summary>Records on their way to a syslog server. They wait in the database, so that no crash and no restart loses one.</summary>
internal static class ForwardQueue
{
    public static Task<int> AddAsync(Transaction tx, IReadOnlyList<AuditRecord> records) => tx.ExecuteAsync("""
        INSERT INTO audit_forward (op_time, message)
        SELECT coalesce(at, harbor_now()), message FROM unnest($1::timestamptz[], $2::text[]) AS given (at, message)
        """, records.Select(record => record.At).ToArray(), records.Select(SyslogMessage.Text).ToArray());
}
