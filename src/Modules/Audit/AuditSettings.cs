using Harbor.Modules.Configuration;

namespace Harbor.Modules.Audit;

/// <summary>What an administrator says about the audit log, as it is now.</summary>
/// <param name="RecordsPulls">Whether pulls are recorded.</param>
/// <param name="Stores">Whether records are kept in the database.</param>
/// <param name="ForwardsTo"><c>host:port</c> of a syslog server that takes TCP; empty: none.</param>
/// <param name="Disabled">Event types that are neither kept nor forwarded.</param>
internal sealed record AuditSettings(bool RecordsPulls, bool Stores, string ForwardsTo, IReadOnlySet<string> Disabled)
{
    public bool Forwards => ForwardsTo.Length > 0;

    public static AuditSettings Of(SettingValues values)
    {
        var endpoint = values.Get(KnownSettings.AuditLogForwardEndpoint);
        return new AuditSettings(
            !values.Get(KnownSettings.PullAuditLogDisable),
            // Without anywhere else to go, records are kept whatever is said: a slip must not blind the operator.
            !values.Get(KnownSettings.SkipAuditLogDatabase) || endpoint.Length == 0,
            endpoint,
            values.Get(KnownSettings.DisabledAuditLogEventTypes)
                .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet(StringComparer.OrdinalIgnoreCase));
    }
}
