using System.Text.Json;
using System.Text.Json.Nodes;

namespace Harbor.Modules.Artifacts.Additions;

/// <summary>What a chart needs, from its own files. Source: helm.sh/docs, "Chart Dependencies".</summary>
internal static class ChartDependencies
{
    private static readonly string[] Texts = ["name", "version", "repository", "condition", "alias"];

    /// <summary>JSON list of dependencies. Charts of <c>apiVersion</c> v2 name them in Chart.yaml, older ones in a file of their own.</summary>
    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: not YAML; <c>REQUEST_ENTITY_TOO_LARGE</c>.</exception>
    public static byte[] Read(byte[]? definition, byte[]? requirements)
    {
        var chart = PlainYaml.Read(definition ?? [], "Chart.yaml") as JsonObject;
        var source = Text(chart, "apiVersion") == "v2" ? chart : PlainYaml.Read(requirements ?? [], "requirements.yaml") as JsonObject;
        var dependencies = source?["dependencies"] as JsonArray ?? [];
        return JsonSerializer.SerializeToUtf8Bytes(new JsonArray([.. dependencies.OfType<JsonObject>().Select(Shown)]));
    }

    // Helm's own names; name and repository are there even when they are empty.
    private static JsonNode Shown(JsonObject dependency)
    {
        var shown = new JsonObject();
        foreach (var key in Texts)
        {
            if (Text(dependency, key) is { Length: > 0 } text)
            {
                shown[key] = text;
            }
            else if (key is "name" or "repository")
            {
                shown[key] = string.Empty;
            }
        }

        if (dependency["tags"] is JsonArray { Count: > 0 } tags)
        {
            shown["tags"] = tags.DeepClone();
        }

        if (Text(dependency, "enabled") == "true")
        {
            shown["enabled"] = true;
        }

        if (dependency["import-values"] is JsonArray { Count: > 0 } values)
        {
            shown["import-values"] = values.DeepClone();
        }

        return shown;
    }

    private static string? Text(JsonObject? map, string key) => map?[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
