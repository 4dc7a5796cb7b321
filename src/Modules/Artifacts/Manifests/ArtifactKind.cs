using System.Text.Json;
using System.Text.RegularExpressions;
using Harbor.Oci;

namespace Harbor.Modules.Artifacts.Manifests;

/// <summary>What Harbor says an artifact is, worked out from its manifest and config.</summary>
/// <param name="MediaType">The config's media type, or what stands for it.</param>
/// <param name="ArtifactType">The manifest's <c>artifactType</c>, or the config's media type; empty for an index without one.</param>
/// <param name="Type">IMAGE, CHART, CNAB, WASM, CNAI, SBOM, a word taken from the media type, or UNKNOWN.</param>
/// <param name="ExtraAttributes">JSON object of attributes to show; null when there are none.</param>
internal sealed partial record ArtifactKind(string MediaType, string ArtifactType, string Type, string? ExtraAttributes)
{
    /// <summary>Largest config that is read for attributes, in bytes.</summary>
    public const int MaxConfigBytes = 4 << 20;

    private const string Wasm = "application/vnd.wasm.config.v1+json";
    private const string WholeConfig = "*";

    private static readonly Dictionary<string, (string Type, string? Attributes)> Known = new(StringComparer.Ordinal)
    {
        [MediaTypes.OciConfig] = ("IMAGE", "image"),
        [MediaTypes.DockerConfig] = ("IMAGE", "image"),
        [MediaTypes.OciIndex] = ("IMAGE", null),
        [MediaTypes.DockerManifestList] = ("IMAGE", null),
        ["application/vnd.cncf.helm.config.v1+json"] = ("CHART", WholeConfig),
        ["application/vnd.cnab.manifest.v1"] = ("CNAB", null),
        [Wasm] = ("WASM", "image"),
        ["application/vnd.cncf.model.manifest.v1+json"] = ("CNAI", WholeConfig),
        ["application/vnd.goharbor.harbor.sbom.v1"] = ("SBOM", WholeConfig),
    };

    /// <param name="config">Bytes of the config blob; empty when there is none or it is too large to read.</param>
    /// <exception cref="RegistryException"><c>MANIFEST_INVALID</c>: the config of a known kind is not JSON in UTF-8.</exception>
    public static ArtifactKind Of(Manifest manifest, ReadOnlyMemory<byte> config)
    {
        var mediaType = manifest.Config?.MediaType ?? manifest.MediaType;
        if (manifest.Annotations is { } annotations)
        {
            if (manifest.IsIndex && annotations.TryGetValue("org.opencontainers.artifactType", out var declared) && declared.Length > 0)
            {
                mediaType = declared;
            }
            else if (!manifest.IsIndex && (annotations.GetValueOrDefault("module.wasm.image/variant") == "compat" || annotations.GetValueOrDefault("run.oci.handler") == "wasm"))
            {
                mediaType = Wasm;
            }
        }

        var artifactType = manifest.ArtifactType ?? manifest.Config?.MediaType ?? string.Empty;
        var (type, attributes) = Known.TryGetValue(artifactType.Length > 0 ? artifactType : mediaType, out var known) ? known : Guess(mediaType);
        return new ArtifactKind(mediaType, artifactType, type, Attributes(attributes, config));
    }

    // A vendor's own kind: application/vnd.<vendor>.<words>.config.<version>+json is called by its words.
    private static (string Type, string? Attributes) Guess(string mediaType) =>
        VendorConfig().Match(mediaType) is { Success: true, Groups: [_, { Length: > 0 }] } match ? (match.Groups[1].Value.ToUpperInvariant(), WholeConfig) : ("UNKNOWN", null);

    private static string? Attributes(string? which, ReadOnlyMemory<byte> config)
    {
        if (which is null || config.IsEmpty)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(config);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            return which == WholeConfig ? document.RootElement.GetRawText() : ImageAttributes(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new RegistryException(ErrorCode.ManifestInvalid, "manifest invalid: the config is not well-formed JSON", inner: e);
        }
        catch (InvalidOperationException e)
        {
            // Bytes that are not UTF-8, or an escaped lone surrogate, met when the text is read.
            throw new RegistryException(ErrorCode.ManifestInvalid, "manifest invalid: a text in the config is not valid UTF-8", inner: e);
        }
    }

    private static string ImageAttributes(JsonElement config)
    {
        var attributes = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var name in (ReadOnlySpan<string>)["created", "architecture", "os", "config"])
        {
            if (config.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
            {
                attributes[name] = value;
            }
        }

        if (Author(config) is { } author)
        {
            attributes["author"] = author;
        }

        return JsonSerializer.Serialize(attributes);
    }

    private static JsonElement? Author(JsonElement config)
    {
        if (config.TryGetProperty("author", out var author) && author.ValueKind == JsonValueKind.String && author.GetRawText().Length > 2)
        {
            return author;
        }

        if (!config.TryGetProperty("config", out var run) || run.ValueKind != JsonValueKind.Object
            || !run.TryGetProperty("Labels", out var labels) || labels.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        return labels.TryGetProperty("org.opencontainers.image.authors", out var authors) ? authors
            : labels.TryGetProperty("maintainer", out var maintainer) ? maintainer
            : null;
    }

    [GeneratedRegex(@"^application/vnd\.[^.]*\.(.*)\.config\.[^.]*\+json$", RegexOptions.NonBacktracking)]
    private static partial Regex VendorConfig();
}
