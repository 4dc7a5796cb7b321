using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Harbor.Modules.Configuration;

/// <summary>JSON that is kept in a setting as text.</summary>
internal static class JsonObjects
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(IEnumerable<KeyValuePair<string, string>> texts) => Write(json =>
    {
        json.WriteStartObject();
        foreach (var (name, text) in texts)
        {
            json.WriteString(name, text);
        }

        json.WriteEndObject();
    });

    /// <param name="value">A text, a number or a truth value.</param>
    public static string WriteValue(object value) => Write(json =>
    {
        switch (value)
        {
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            default:
                json.WriteStringValue((string)value);
                break;
        }
    });

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
