using Harbor.Contracts;

namespace Harbor.Modules.Quotas;

/// <summary>The limits that a request sets.</summary>
internal static class QuotaLimits
{
    /// <summary>The only resource there is.</summary>
    public const string Storage = "storage";

    /// <returns>Bytes; -1 is no limit.</returns>
    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: none, of another resource, or not a limit.</exception>
    public static long From(QuotaUpdateRequest request)
    {
        if (request.Hard is not { Count: > 0 } hard)
        {
            throw QuotaErrors.InvalidLimits("there are none");
        }

        if (hard.Count > 1 || !hard.TryGetValue(Storage, out var bytes))
        {
            throw QuotaErrors.InvalidLimits($"{Storage} must be limited, and nothing else");
        }

        return ProjectQuotas.IsLimit(bytes)
            ? bytes
            : throw QuotaErrors.InvalidLimits($"{bytes} is neither {ProjectQuotas.Unlimited} nor between 1 and {ProjectQuotas.MaxLimit} bytes");
    }

    public static IReadOnlyDictionary<string, long> Show(long bytes) => new Dictionary<string, long> { [Storage] = bytes };
}
