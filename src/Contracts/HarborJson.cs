using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Harbor.Contracts;

/// <summary>How Harbor's management API writes and reads JSON.</summary>
/// <remarks>
/// Names are snake_case, times RFC 3339 in UTC with milliseconds, and values that say nothing are left out (<see cref="WireOmission"/>).
/// Reading is lenient where Harbor is: unknown fields are ignored and names match in any case.
/// </remarks>
public static class HarborJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>Metadata of a contract type. Every type on the wire is listed in <see cref="HarborJsonContext"/>.</summary>
    public static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(HarborJsonContext.Default.Options)
        {
            TypeInfoResolver = HarborJsonContext.Default.WithAddedModifier(WireOmission.Apply),

            // The body is never embedded in a page: names in any script stay readable.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.MakeReadOnly();
        return options;
    }
}
