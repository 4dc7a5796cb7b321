using Harbor.Oci;

namespace Harbor.Modules.Quotas;

internal static class QuotaErrors
{
    public static RegistryException NotFound(long id) => new(ErrorCode.NotFound, $"quota {id} not found");

    public static RegistryException InvalidLimits(string why) => new(ErrorCode.BadRequest, $"invalid hard limits: {why}");

    public static RegistryException SwitchedOff() => new(ErrorCode.Forbidden, "quota per project is disabled");
}
