using System.Collections.Frozen;
using System.Globalization;

namespace Harbor.Modules.Projects.Metadata;

/// <summary>One setting of a project, with a value in the one form that is stored.</summary>
internal sealed record MetadataPair(string Key, string Value)
{
    private static readonly FrozenDictionary<string, Func<string, string?>> Readers = new Dictionary<string, Func<string, string?>>
    {
        [ProjectMetadata.Public] = Flag,
        ["enable_content_trust"] = Flag,
        ["enable_content_trust_cosign"] = Flag,
        ["prevent_vul"] = Flag,
        [ProjectMetadata.Severity] = Severity,
        ["auto_scan"] = Flag,
        ["auto_sbom_generation"] = Flag,
        ["reuse_sys_cve_allowlist"] = Flag,
        ["proxy_speed_kb"] = Number,
        ["max_upstream_conn"] = text => Number(text) is { } number and not "0" && (number == "-1" || number[0] != '-') ? number : null,
        ["proxy_referrer_api"] = Flag,
        ["proxy_cache_local_on_not_found"] = Flag,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // What only a proxy cache has: no project here is one.
    private static readonly FrozenSet<string> OfProxies = FrozenSet.ToFrozenSet(["proxy_cache_filter_pattern", "proxy_cache_filter_kind"], StringComparer.Ordinal);

    // Other operations set these, and know what depends on them.
    private static readonly FrozenSet<string> ManagedElsewhere = FrozenSet.ToFrozenSet([ProjectMetadata.RetentionId, "projectScanner"], StringComparer.Ordinal);

    /// <param name="key">The key that must be the one; null: any.</param>
    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: not one pair, a key that is not set here, or a value that the key does not take.</exception>
    public static MetadataPair From(IReadOnlyDictionary<string, string?>? body, string? key = null)
    {
        if (body is not { Count: 1 })
        {
            throw ProjectErrors.NotOnePair();
        }

        key ??= body.First().Key;
        CheckKey(key);
        return Readers.ContainsKey(key) ? Of(key, body.GetValueOrDefault(key)) : throw ProjectErrors.InvalidMetadataKey(key);
    }

    /// <param name="key">One that is set by whoever may change the project.</param>
    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: a value that the key does not take.</exception>
    public static MetadataPair Of(string key, string? given) =>
        new(key, (given is null ? null : Readers[key](given)) ?? throw ProjectErrors.InvalidMetadata(key, given));

    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: other operations manage this key, or this kind of project has none such.</exception>
    public static void CheckKey(string key)
    {
        if (ManagedElsewhere.Contains(key))
        {
            throw ProjectErrors.InvalidMetadataKey(key);
        }

        if (OfProxies.Contains(key))
        {
            throw ProjectErrors.OnlyOfProxies(key);
        }
    }

    private static string? Flag(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "True" or "TRUE" => "true",
        "0" or "f" or "F" or "false" or "False" or "FALSE" => "false",
        _ => null,
    };

    private static string? Severity(string text) => text.ToLowerInvariant() switch
    {
        "negligible" => "none",
        "none" or "low" or "medium" or "high" or "critical" => text.ToLowerInvariant(),
        _ => null,
    };

    private static string? Number(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number.ToString(CultureInfo.InvariantCulture) : null;
}
