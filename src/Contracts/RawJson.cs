using System.Text.Json;
using System.Text.Json.Serialization;

namespace Harbor.Contracts;

/// <summary>A JSON document that is handed on as it is, such as the attributes read from an image's configuration.</summary>
/// <param name="Text">Well-formed JSON; the database's <c>jsonb</c> vouches for it.</param>
public sealed record RawJson(string Text);

public sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return new RawJson(document.RootElement.GetRawText());
    }

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Text, skipInputValidation: true);
}
