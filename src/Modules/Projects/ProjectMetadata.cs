using Harbor.Contracts;
using Harbor.Modules.Projects.Metadata;

namespace Harbor.Modules.Projects;

/// <summary>The settings of a project that the project operations show and set. All are texts.</summary>
internal static class ProjectMetadata
{
    public const string Public = "public";
    public const string Severity = "severity";
    public const string RetentionId = "retention_id";

    private static readonly (string Key, Func<ProjectMetadataDto, string?> Get)[] Keys =
    [
        (Public, metadata => metadata.Public),
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
    /// <remarks>An empty text says nothing, since clients send one for what they do not set; but an empty retention policy is none.</remarks>
    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: a value that its key does not take.</exception>
    public static Dictionary<string, string> ToStored(ProjectMetadataDto? metadata)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (metadata is null)
        {
            return values;
        }

        foreach (var (key, get) in Keys)
        {
            switch (get(metadata))
            {
                case { } policy when key == RetentionId:
                    values[key] = policy;
                    break;

                case { Length: > 0 } value:
                    values[key] = MetadataPair.Of(key, value).Value;
                    break;
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
}
