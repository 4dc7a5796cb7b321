using Harbor.Contracts;

namespace Harbor.Modules.Projects;

/// <summary>The settings of a project that the project operations show and set. All are texts.</summary>
internal static class ProjectMetadata
{
    public const string Public = "public";
    public const string Severity = "severity";
    public const string RetentionId = "retention_id";

    private const int MaxValueLength = 255;

    private static readonly (string Key, Func<ProjectMetadataDto, string?> Get)[] Keys =
    [
        (Public, metadata => metadata.Public is { Length: > 0 } said ? said : null),   // an empty one says nothing; of the others, each is a value
        ("enable_content_trust", metadata => metadata.EnableContentTrust),
        ("enable_content_trust_cosign", metadata => metadata.EnableContentTrustCosign),
        ("prevent_vul", metadata => metadata.PreventVul),
        (Severity, metadata => metadata.Severity),
        ("auto_scan", metadata => metadata.AutoScan),
        ("auto_sbom_generation", metadata => metadata.AutoSbomGeneration),
        ("reuse_sys_cve_allowlist", metadata => metadata.ReuseSysCveAllowlist),
        (RetentionId, metadata => metadata.RetentionId),
        ("proxy_cache_local_on_not_found", metadata => metadata.ProxyCacheLocalOnNotFound),
        ("proxy_referrer_api", metadata => metadata.ProxyReferrerApi),
    ];

    /// <summary>What a request sets on a project that is no proxy cache. Keys that only a proxy cache has are dropped, as Harbor drops them.</summary>
    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: a value is too long.</exception>
    public static Dictionary<string, string> ToStored(ProjectMetadataDto? metadata)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (metadata is null)
        {
            return values;
        }

        foreach (var (key, get) in Keys)
        {
            if (get(metadata) is { } value)
            {
                values[key] = value.Length <= MaxValueLength ? Normalize(key, value) : throw ProjectErrors.InvalidMetadata(key, value);
            }
        }

        return values;
    }

    public static ProjectMetadataDto ToDto(IReadOnlyDictionary<string, string> values) => new()
    {
        Public = values.GetValueOrDefault(Public, "false"),
        EnableContentTrust = values.GetValueOrDefault("enable_content_trust"),
        EnableContentTrustCosign = values.GetValueOrDefault("enable_content_trust_cosign"),
        PreventVul = values.GetValueOrDefault("prevent_vul"),
        Severity = values.GetValueOrDefault(Severity),
        AutoScan = values.GetValueOrDefault("auto_scan"),
        AutoSbomGeneration = values.GetValueOrDefault("auto_sbom_generation"),
        ReuseSysCveAllowlist = values.GetValueOrDefault("reuse_sys_cve_allowlist"),
        RetentionId = values.GetValueOrDefault(RetentionId),
        ProxyCacheLocalOnNotFound = values.GetValueOrDefault("proxy_cache_local_on_not_found"),
        ProxyReferrerApi = values.GetValueOrDefault("proxy_referrer_api"),
    };

    /// <summary>Harbor takes "true" and "1" in any case for true, and everything else for false.</summary>
    public static bool IsTrue(string? value) => value == "1" || string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);

    // Whether a project is public is asked of the database, so it is stored in one spelling.
    private static string Normalize(string key, string value) => key switch
    {
        Public => IsTrue(value) ? "true" : "false",
        Severity => value.Equals("negligible", StringComparison.OrdinalIgnoreCase) ? "none" : value.ToLowerInvariant(),
        _ => value,
    };
}
