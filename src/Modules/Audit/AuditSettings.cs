using Harbor.Modules.Configuration;

namespace Harbor.Modules.Audit;

/// <summary>What an administrator says about the audit log, as it is now.</summary>
/// <param name="RecordsPulls">Whether pulls are recorded.</param>
/// <param name="Stores">Whether records are kept in the database.</param>
/// <param name="ForwardsTo"><c>host:port</c> of a syslog server that takes TCP; empty: none.</param>
/// <param name="Disabled">Event types that are neither kept nor forwarded.</param>
internal sealed record AuditSettings(bool RecordsPulls, bool Stores, string ForwardsTo, IReadOnlySet<string> Disabled)
{
    private static readonly Setting<bool> PullsDisabled = new("pull_audit_log_disable", false, bool.TryParse);
    private static readonly Setting<bool> SkipDatabase = new("skip_audit_log_database", false, bool.TryParse);
    private static readonly Setting<string> Endpoint = new("audit_log_forward_endpoint", string.Empty, Text);
    private static readonly Setting<string> DisabledTypes = new("disabled_audit_log_event_types", string.Empty, Text);

    public bool Forwards => ForwardsTo.Length > 0;

    public static AuditSettings Of(SettingValues values)
    {
        var endpoint = values.Get(Endpoint).Trim();
        return new AuditSettings(
            !values.Get(PullsDisabled),
            // Without anywhere else to go, records are kept whatever is said: a slip must not blind the operator.
            !values.Get(SkipDatabase) || endpoint.Length == 0,
            endpoint,
            values.Get(DisabledTypes)
                .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet(StringComparer.OrdinalIgnoreCase));
    }

    private static bool Text(string text, out string value)
    {
        value = text;
        return true;
    }
}
