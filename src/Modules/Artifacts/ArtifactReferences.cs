using System.Text.Json;
using Harbor.Contracts;
using Harbor.Oci;
using Npgsql;

namespace Harbor.Modules.Artifacts;

/// <summary>Reads the stored children of an index.</summary>
internal static class ArtifactReferences
{
    /// <summary>Columns: parent, child, child's digest, platform, URLs, annotations; the last three JSON as in the index, or null.</summary>
    public static ReferenceDto Read(NpgsqlDataReader row) => new()
    {
        ParentId = row.GetInt64(0),
        ChildId = row.GetInt64(1),
        ChildDigest = Digest.FromBytes(row.GetFieldValue<byte[]>(2)).Value,
        Platform = row.IsDBNull(3) ? null : ReadPlatform(row.GetString(3)),
        Urls = row.IsDBNull(4) ? null : JsonSerializer.Deserialize<string[]>(row.GetString(4)),
        Annotations = row.IsDBNull(5) || row.GetString(5) is "{}" ? null : new RawJson(row.GetString(5)),
    };

    private static PlatformDto ReadPlatform(string json)
    {
        using var document = JsonDocument.Parse(json);
        var platform = document.RootElement;
        return new PlatformDto
        {
            Architecture = Text(platform, "architecture"),
            Os = Text(platform, "os"),
            OsVersion = Text(platform, "os.version"),
            OsFeatures = platform.TryGetProperty("os.features", out var features) && features.ValueKind == JsonValueKind.Array
                ? [.. features.EnumerateArray().Select(feature => feature.ToString())]
                : null,
            Variant = Text(platform, "variant"),
        };
    }

    private static string? Text(JsonElement platform, string name) =>
        platform.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
