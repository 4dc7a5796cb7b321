using Harbor.Oci;

namespace Harbor.Modules.Configuration;

internal static class ConfigurationErrors
{
    public const string EndpointNeeded = "audit_log_forward_endpoint must not be empty while skip_audit_log_database is true: audit records would go nowhere";

    public static RegistryException Invalid(Setting setting) => new(ErrorCode.BadRequest, $"{setting.Name} must be {setting.Requirement}");

    public static RegistryException Overwritten() =>
        new(ErrorCode.Forbidden, "the configuration comes from CONFIG_OVERWRITE_JSON and cannot be changed here");

    public static RegistryException AuthModeFixed() =>
        new(ErrorCode.BadRequest, "auth_mode cannot be changed while there are users besides admin");

    public static RegistryException GroupSearch(Setting missing) =>
        new(ErrorCode.BadRequest, $"{missing.Name} must not be empty while {KnownSettings.LdapGroupSearchFilter.Name} is set");

    public static RegistryException NoForwarding() => new(ErrorCode.BadRequest, EndpointNeeded);

    public static RegistryException Unreachable(Setting setting) =>
        new(ErrorCode.BadRequest, $"{setting.Name} cannot be reached: nothing took a TCP connection there in time");
}
