using System.Text.Json;
using System.Text.Json.Nodes;
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

    /// <summary>Type of an SBOM, and of its text.</summary>
    public const string Sbom = "application/vnd.goharbor.harbor.sbom.v1";

    private const string Wasm = "application/vnd.wasm.config.v1+json";
    private const string Bundle = "application/vnd.cnab.manifest.v1";

    private static readonly Dictionary<string, (string Type, Attributes From)> Known = new(StringComparer.Ordinal)
    {
        [MediaTypes.OciConfig] = ("IMAGE", Attributes.Image),
        [MediaTypes.DockerConfig] = ("IMAGE", Attributes.Image),
        [MediaTypes.OciIndex] = ("IMAGE", Attributes.None),
        [MediaTypes.DockerManifestList] = ("IMAGE", Attributes.None),
        ["application/vnd.cncf.helm.config.v1+json"] = ("CHART", Attributes.Config),
        [Bundle] = ("CNAB", Attributes.Config),
        [Wasm] = ("WASM", Attributes.Wasm),
        ["application/vnd.cncf.model.manifest.v1+json"] = ("CNAI", Attributes.Config),
        [Sbom] = ("SBOM", Attributes.Config),
    };

    // What is shown of an artifact, and where that comes from.
    private enum Attributes
    {
        None,
        Image,
        Wasm,
        Config,

        /// <summary>The config of a kind that its vendor made, which may name keys to leave out.</summary>
        VendorConfig,
    }

    /// <summary>The type of a kind that Harbor knows by name; null of the others.</summary>
    public static string? KnownType(string artifactType, string mediaType) => KeyOf(artifactType, mediaType) is { } key ? Known[key].Type : null;

    /// <summary>The part of a bundle that describes it, whose config stands for the bundle's; null: it is no bundle, or has none.</summary>
    public static Descriptor? BundleConfigOf(Manifest manifest) => manifest.IsIndex && MediaTypeOf(manifest) == Bundle
        ? manifest.Manifests.FirstOrDefault(child => child.Annotations?.GetValueOrDefault("io.cnab.manifest.type") == "config")
        : null;

    /// <param name="config">Bytes of the config blob, or of the one that stands for it; empty when there is none or it is too large to read.</param>
    /// <exception cref="RegistryException"><c>MANIFEST_INVALID</c>: the config of a known kind is not JSON in UTF-8.</exception>
    public static ArtifactKind Of(Manifest manifest, ReadOnlyMemory<byte> config)
    {
        var mediaType = MediaTypeOf(manifest);
        var artifactType = manifest.ArtifactType ?? manifest.Config?.MediaType ?? string.Empty;
        var key = KeyOf(artifactType, mediaType);
        var (type, from) = key is null ? Guess(mediaType) : Known[key];
        return new ArtifactKind(mediaType, artifactType, type, Read(manifest, from, config));
    }

    // The annotation says what an image is that has an image's config: the config's own type must not outrank it.
    private static string? KeyOf(string artifactType, string mediaType)
    {
        var key = artifactType.Length > 0 && !(mediaType == Wasm && artifactType is MediaTypes.OciConfig or MediaTypes.DockerConfig) ? artifactType : mediaType;
        return Known.ContainsKey(key) ? key : null;
    }

    private static string MediaTypeOf(Manifest manifest) =>
        manifest.IsIndex ? manifest.Annotations?.GetValueOrDefault("org.opencontainers.artifactType") is { Length: > 0 } declared ? declared : manifest.MediaType
        : IsAnnotatedWasm(manifest) ? Wasm
        : manifest.Config!.MediaType;

    private static bool IsAnnotatedWasm(Manifest manifest) => !manifest.IsIndex && manifest.Annotations is { } annotations
        && (annotations.GetValueOrDefault("module.wasm.image/variant") == "compat" || annotations.GetValueOrDefault("run.oci.handler") == "wasm");

    // A vendor's own kind: application/vnd.<vendor>.<words>.config.<version>+json is called by its words.
    private static (string Type, Attributes From) Guess(string mediaType) =>
        VendorConfig().Match(mediaType) is { Success: true, Groups: [_, { Length: > 0 }] } match
            ? (match.Groups[1].Value.ToUpperInvariant(), Attributes.VendorConfig)
            : ("UNKNOWN", Attributes.None);

    private static string? Read(Manifest manifest, Attributes from, ReadOnlyMemory<byte> config)
    {
        if (from == Attributes.None)
        {
            return null;
        }

        var shown = new JsonObject();
        try
        {
            if (from == Attributes.Wasm)
            {
                AddWasm(shown, manifest);
            }

            if (!config.IsEmpty && (from != Attributes.Wasm || IsAnnotatedWasm(manifest)))
            {
                using var document = JsonDocument.Parse(config);
                if (document.RootElement.ValueKind != JsonValueKind.Object)
                {
                    return null;
                }

                if (from is Attributes.Config)
                {
                    return document.RootElement.GetRawText();
                }

                if (from is Attributes.VendorConfig)
                {
                    return Listed(document.RootElement, manifest.Config?.Annotations?.GetValueOrDefault("io.goharbor.artifact.v1alpha1.skip-list"));
                }

                AddImage(shown, document.RootElement);
            }

            return shown.Count > 0 ? shown.ToJsonString() : null;
        }
        catch (JsonException e)
        {
            throw new RegistryException(ErrorCode.ManifestInvalid, "manifest invalid: the config is not well-formed JSON", inner: e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // Bytes that are not UTF-8, or an escaped lone surrogate, met when the text is read; or a key that is there twice.
            throw new RegistryException(ErrorCode.ManifestInvalid, "manifest invalid: a text in the config is not valid UTF-8", inner: e);
        }
    }

    // All but the keys of the comma list.
    private static string Listed(JsonElement config, string? skipList)
    {
        if (skipList is null)
        {
            return config.GetRawText();
        }

        var skipped = skipList.Split(',', StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);
        return JsonSerializer.Serialize(config.EnumerateObject().Where(each => !skipped.Contains(each.Name)).DistinctBy(each => each.Name).ToDictionary(each => each.Name, each => each.Value));
    }

    // Two styles: an image whose annotations say so, and wasm-to-oci's, which has a config of its own kind.
    private static void AddWasm(JsonObject shown, Manifest manifest)
    {
        shown["manifest.config.mediaType"] = manifest.Config?.MediaType;
        if (!IsAnnotatedWasm(manifest) && manifest.Layers is [var module, ..])
        {
            shown["manifest.layers.mediaType"] = module.MediaType;
            shown["org.opencontainers.image.title"] = module.Annotations?.GetValueOrDefault("org.opencontainers.image.title") ?? string.Empty;
        }
    }

    private static void AddImage(JsonObject shown, JsonElement config)
    {
        foreach (var name in (ReadOnlySpan<string>)["created", "architecture", "os", "config"])
        {
            if (config.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
            {
                shown[name] = JsonNode.Parse(value.GetRawText());
            }
        }

        if (Author(config) is { } author)
        {
            shown["author"] = JsonNode.Parse(author.GetRawText());
        }
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
