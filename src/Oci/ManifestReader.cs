using System.Text.Json;

namespace Harbor.Oci;

/// <summary>Reads manifests that strangers wrote: every shape that is not a manifest ends as <c>MANIFEST_INVALID</c>.</summary>
/// <remarks>Sources: OCI image-spec 1.1, "Image Manifest" and "Image Index"; Docker image manifest v2, schema 2.</remarks>
public static class ManifestReader
{
    private const int MaxDepth = 32;
    private const int MaxDescriptors = 10_000;
    private const int MaxMediaType = 255;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    /// <param name="content">The bytes as pushed.</param>
    /// <param name="contentType">The request's Content-Type without parameters; empty or <c>application/json</c> leaves it to the content.</param>
    /// <exception cref="RegistryException"><c>MANIFEST_INVALID</c>, saying what is wrong.</exception>
    public static Manifest Read(ReadOnlyMemory<byte> content, string? contentType)
    {
        try
        {
            using var document = JsonDocument.Parse(content, Options);
            return Read(document.RootElement, contentType);
        }
        catch (JsonException e)
        {
            throw Invalid($"not well-formed JSON at line {e.LineNumber}, byte {e.BytePositionInLine}");
        }
        catch (InvalidOperationException)
        {
            throw Invalid("a text in it is not valid UTF-8");   // an escaped lone surrogate, met when the text is read
        }
    }

    private static Manifest Read(JsonElement root, string? contentType)
    {
        Expect(root, JsonValueKind.Object, "the manifest");
        if (!root.TryGetProperty("schemaVersion", out var version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != 2)
        {
            throw Invalid("schemaVersion is not 2");
        }

        var mediaType = MediaTypeOf(root, contentType);
        var index = MediaTypes.IsIndex(mediaType);
        if (HasValue(root, index ? "layers" : "manifests") || (index && HasValue(root, "config")))
        {
            // The same bytes must not mean one thing here and another to a client that goes by other fields.
            throw Invalid(index ? "an index has neither config nor layers" : "an image manifest has no manifests");
        }

        return new Manifest(
            mediaType,
            Text(root, "artifactType", MaxMediaType),
            index ? null : Descriptor(Required(root, "config"), "config"),
            index || !HasValue(root, "layers") ? [] : Descriptors(root, "layers"),
            index ? Descriptors(root, "manifests") : [],
            HasValue(root, "subject") ? Descriptor(root.GetProperty("subject"), "subject") : null,
            Map(root, "annotations"));
    }

    private static string MediaTypeOf(JsonElement root, string? contentType)
    {
        var written = Text(root, "mediaType", MaxMediaType);
        var announced = string.IsNullOrEmpty(contentType) || contentType == "application/json" ? null : contentType;
        if (written is not null && announced is not null && written != announced)
        {
            throw Invalid($"mediaType {written} is not the Content-Type {announced}");
        }

        var mediaType = written ?? announced ?? throw Invalid("neither mediaType nor Content-Type say what it is");
        return MediaTypes.IsManifest(mediaType) || MediaTypes.IsIndex(mediaType)
            ? mediaType
            : throw Invalid($"media type {mediaType} is not supported");
    }

    private static List<Descriptor> Descriptors(JsonElement parent, string name)
    {
        var array = Required(parent, name);
        Expect(array, JsonValueKind.Array, name);
        if (array.GetArrayLength() > MaxDescriptors)
        {
            throw Invalid($"{name} has more than {MaxDescriptors} entries");
        }

        var descriptors = new List<Descriptor>(array.GetArrayLength());
        foreach (var item in array.EnumerateArray())
        {
            descriptors.Add(Descriptor(item, $"{name}[{descriptors.Count}]"));
        }

        return descriptors;
    }

    private static Descriptor Descriptor(JsonElement element, string where)
    {
        Expect(element, JsonValueKind.Object, where);
        if (!Digest.TryParse(Text(element, "digest", 255), out var digest))
        {
            throw Invalid($"{where}.digest is not a digest");
        }

        if (!element.TryGetProperty("size", out var size) || size.ValueKind != JsonValueKind.Number || !size.TryGetInt64(out var bytes) || bytes < 0)
        {
            throw Invalid($"{where}.size is not a number of bytes");
        }

        return new Descriptor(
            Text(element, "mediaType", MaxMediaType) ?? throw Invalid($"{where}.mediaType is missing"),
            digest,
            bytes,
            Text(element, "artifactType", MaxMediaType),
            Urls(element, where),
            Map(element, "annotations"),
            Platform(element));
    }

    private static string? Platform(JsonElement element)
    {
        if (!element.TryGetProperty("platform", out var platform) || platform.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        CheckTexts(platform);
        return platform.GetRawText();
    }

    // What is kept as it stands is read again whenever it is shown: a text that cannot be read must not get that far.
    private static void CheckTexts(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                Stored(value.GetString()!);
                break;

            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    CheckTexts(item);
                }

                break;

            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    Stored(property.Name);
                    CheckTexts(property.Value);
                }

                break;
        }
    }

    private static List<string> Urls(JsonElement element, string where)
    {
        if (!element.TryGetProperty("urls", out var urls) || urls.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        Expect(urls, JsonValueKind.Array, $"{where}.urls");
        return [.. urls.EnumerateArray().Select(url => url.ValueKind == JsonValueKind.String ? Stored(url.GetString()!) : throw Invalid($"{where}.urls holds something else than text"))];
    }

    private static Dictionary<string, string>? Map(JsonElement parent, string name)
    {
        if (!parent.TryGetProperty(name, out var map) || map.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        Expect(map, JsonValueKind.Object, name);
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in map.EnumerateObject())
        {
            entries[Stored(entry.Name)] = entry.Value.ValueKind == JsonValueKind.String
                ? Stored(entry.Value.GetString()!)
                : throw Invalid($"{name} holds something else than text");
        }

        return entries;
    }

    private static string? Text(JsonElement parent, string name, int maxLength)
    {
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        Expect(value, JsonValueKind.String, name);
        var text = value.GetString()!;
        return text.Length > maxLength ? throw Invalid($"{name} is longer than {maxLength} characters") : text.Length == 0 ? null : Stored(text);
    }

    // PostgreSQL's text cannot hold a NUL, and no field of a manifest has use for one.
    private static string Stored(string text) =>
        text.Contains('\0', StringComparison.Ordinal) ? throw Invalid("a text in it holds a NUL character") : text;

    private static JsonElement Required(JsonElement parent, string name) =>
        HasValue(parent, name) ? parent.GetProperty(name) : throw Invalid($"{name} is missing");

    private static bool HasValue(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    private static void Expect(JsonElement element, JsonValueKind kind, string where)
    {
        if (element.ValueKind != kind)
        {
            throw Invalid($"{where} is not {(kind == JsonValueKind.Array ? "a list" : kind == JsonValueKind.Object ? "an object" : "a text")}");
        }
    }

    private static RegistryException Invalid(string reason) => new(ErrorCode.ManifestInvalid, $"manifest invalid: {reason}");
}
