using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Harbor.Contracts;

namespace Harbor.Modules.ApiDescription;

/// <summary>The JSON contracts as OpenAPI schemas: one component for each record that is met, under its name.</summary>
internal sealed class Schemas
{
    public const string Errors = "Errors";

    private readonly SortedDictionary<string, (Type? Type, JsonObject Schema)> components = new(StringComparer.Ordinal);
    private readonly HashSet<Type> sent = [];

    /// <param name="bodies">Types of what clients send: of those, only what a client must say is required.</param>
    public Schemas(IEnumerable<Type> bodies)
    {
        foreach (var body in bodies)
        {
            Collect(body);
        }

        components["Error"] = (null, Object(("code", Text()), ("message", Text())));
        components[Errors] = (null, Object(("errors", new JsonObject { ["type"] = "array", ["items"] = Reference("Error") })));
    }

    public static JsonNode Reference(string name) => new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };

    public static bool IsList(Type type) => type != typeof(string) && type != typeof(byte[]) && ArgumentOf(type, typeof(IReadOnlyDictionary<,>)) is null && ArgumentOf(type, typeof(IEnumerable<>)) is not null;

    public JsonObject Components() => new(components.Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value.Schema)));

    /// <summary>The schema of a type; a reference when it is a record.</summary>
    /// <exception cref="InvalidOperationException">Two records have one name.</exception>
    public JsonNode Of(Type given)
    {
        var type = Nullable.GetUnderlyingType(given) ?? given;
        return type switch
        {
            _ when type == typeof(string) => Text(),
            _ when type == typeof(bool) => new JsonObject { ["type"] = "boolean" },
            _ when type == typeof(int) => new JsonObject { ["type"] = "integer", ["format"] = "int32" },
            _ when type == typeof(long) || type == typeof(ulong) => new JsonObject { ["type"] = "integer", ["format"] = "int64" },
            _ when type == typeof(double) || type == typeof(float) || type == typeof(decimal) => new JsonObject { ["type"] = "number" },
            _ when type == typeof(DateTimeOffset) => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
            _ when type == typeof(byte[]) => new JsonObject { ["type"] = "string", ["format"] = "binary" },   // a file
            _ when type == typeof(RawJson) => new JsonObject(),
            _ when ArgumentOf(type, typeof(IReadOnlyDictionary<,>)) is { } value => new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(value) },
            _ when ArgumentOf(type, typeof(IEnumerable<>)) is { } item => new JsonObject { ["type"] = "array", ["items"] = Of(item) },
            _ => OfRecord(type),
        };
    }

    private JsonNode OfRecord(Type type)
    {
        var name = type.Name.EndsWith("Dto", StringComparison.Ordinal) ? type.Name[..^3] : type.Name;
        if (components.TryGetValue(name, out var known))
        {
            return known.Type == type ? Reference(name) : throw new InvalidOperationException($"Two schemas would be called {name}.");
        }

        var schema = new JsonObject { ["type"] = "object" };
        components[name] = (type, schema);   // before its fields: one of them may hold it
        var properties = HarborJson.Options.GetTypeInfo(type).Properties;
        var required = properties.Where(IsRequired).Select(each => JsonValue.Create(each.Name)).ToArray();
        if (required.Length > 0)
        {
            schema["required"] = new JsonArray(required);
        }

        schema["properties"] = new JsonObject(properties.Select(each => KeyValuePair.Create(each.Name, (JsonNode?)OfProperty(each))));
        return Reference(name);

        bool IsRequired(JsonPropertyInfo property) => sent.Contains(type)
            ? property.IsRequired || Has<RequiredAttribute>(property)
            : property.IsRequired || property.ShouldSerialize is null;
    }

    private JsonNode OfProperty(JsonPropertyInfo property)
    {
        var schema = Of(property.PropertyType);
        if (property.AttributeProvider?.GetCustomAttributes(typeof(MaxLengthAttribute), inherit: true) is [MaxLengthAttribute { Length: var length }, ..])
        {
            schema["maxLength"] = length;
        }

        // What is left out when it is nothing is never null; a list is always there, and null when the server has none.
        if (property.ShouldSerialize is null && property.IsGetNullable)
        {
            schema["nullable"] = true;
        }

        return schema;
    }

    private void Collect(Type type)
    {
        var element = ArgumentOf(type, typeof(IReadOnlyDictionary<,>)) ?? (IsList(type) ? ArgumentOf(type, typeof(IEnumerable<>)) : null) ?? type;
        if (element != type)
        {
            Collect(element);
        }
        else if (HarborJson.Options.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } record && sent.Add(type))
        {
            foreach (var property in record.Properties)
            {
                Collect(property.PropertyType);
            }
        }
    }

    private static JsonObject Text() => new() { ["type"] = "string" };

    private static JsonObject Object(params (string Name, JsonNode Schema)[] properties) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(properties.Select(each => KeyValuePair.Create(each.Name, (JsonNode?)each.Schema))),
    };

    private static Type? ArgumentOf(Type type, Type face) =>
        type.GetInterfaces().Append(type).FirstOrDefault(each => each.IsGenericType && each.GetGenericTypeDefinition() == face)?.GetGenericArguments()[^1];

    private static bool Has<T>(JsonPropertyInfo property)
        where T : Attribute => property.AttributeProvider?.IsDefined(typeof(T), inherit: true) == true;
}
