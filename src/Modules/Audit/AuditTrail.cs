using Harbor.Modules.Audit.Forwarding;
using Harbor.Modules.Configuration;
using Harbor.Platform.Data;

namespace Harbor.Modules.Audit;

/// <summary>Writes the audit log: to the database, and to the queue of what is forwarded.</summary>
internal sealed class AuditTrail(Settings settings)
{
    private const string Insert = """
        INSERT INTO audit_log_ext (project_id, username, operation, resource_type, resource, operation_description, operation_result, op_time)
        SELECT project_id, username, operation, resource_type, resource, description, succeeded, coalesce(at, harbor_now())
        FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::timestamptz[])
            AS given (project_id, username, operation, resource_type, resource, description, succeeded, at)
        """;

    /// <summary>Writes records as the settings say, in one statement however many they are, two when they are forwarded as well.</summary>
    public async Task WriteAsync(Transaction tx, IReadOnlyList<AuditRecord> records)
    {
        var rules = AuditSettings.Of(await settings.GetAsync(tx.Ct));
        var wanted = records.Where(record => !rules.Disabled.Contains(record.EventType)).Select(record => record.Bounded()).ToList();
        if (wanted.Count == 0)
        {
            return;
        }

        if (rules.Stores)
        {
            await tx.ExecuteAsync(
                Insert,
                wanted.Select(record => record.ProjectId).ToArray(),
                wanted.Select(record => record.Username).ToArray(),
                wanted.Select(record => record.Operation).ToArray(),
                wanted.Select(record => record.ResourceType).ToArray(),
                wanted.Select(record => record.Resource).ToArray(),
                wanted.Select(record => record.Description).ToArray(),
                wanted.Select(record => record.Succeeded).ToArray(),
                wanted.Select(record => record.At).ToArray());
        }

        if (rules.Forwards)
        {
            await ForwardQueue.AddAsync(tx, wanted);
        }
    }
}
