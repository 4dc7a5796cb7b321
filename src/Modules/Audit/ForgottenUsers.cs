using Harbor.Modules.Identity;
using Harbor.Platform.Data;
using Harbor.Platform.Events;
using Harbor.Platform.Settings;

namespace Harbor.Modules.Audit;

/// <summary>Where the operator wants it so, a deleted user's name is replaced in the audit log by the one that his row keeps.</summary>
internal sealed class ForgottenUsers(HarborOptions options) : IEventListener
{
    public string Name => "audit-forgotten-users";

    public IReadOnlyList<EventType> Wants { get; } = [EventType.Of<UserDeleted>()];

    public async Task HandleAsync(Transaction tx, IReadOnlyList<Happened> events)
    {
        if (!options.ForgetDeletedUsersInAudit)
        {
            return;
        }

        foreach (var deleted in events.Select(happened => (UserDeleted)happened.Event))
        {
            // As what he did, and as what was done to him; a sign-in names him twice, perhaps by his address.
            await tx.ExecuteAsync("""
                UPDATE audit_log_ext
                SET username = $2,
                    resource = CASE WHEN operation IN ('login', 'logout') THEN $2 ELSE resource END,
                    operation_description = CASE WHEN operation IN ('login', 'logout') THEN operation || ' user: ' || $2 ELSE operation_description END
                WHERE username = $1
                """, deleted.Username, deleted.ForgottenAs);
            await tx.ExecuteAsync("""
                UPDATE audit_log_ext SET resource = $2, operation_description = replace(operation_description, $1, $2)
                WHERE resource = $1 AND resource_type IN ('user', 'member')
                """, deleted.Username, deleted.ForgottenAs);
        }
    }
}
