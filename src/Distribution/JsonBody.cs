using System.Text.Json;
using Harbor.Modules.Artifacts;
using Microsoft.AspNetCore.Http;

namespace Harbor.Distribution;

/// <summary>Writes the registry protocol's own small JSON answers.</summary>
internal static class JsonBody
{
    public static async Task WriteAsync(HttpResponse response, string contentType, Action<Utf8JsonWriter> write, CancellationToken ct)
    {
        response.ContentType = contentType;
        await using (var json = new Utf8JsonWriter(response.BodyWriter))
        {
            write(json);
        }

        await response.BodyWriter.FlushAsync(ct);
    }

    /// <summary>A property and a list: <c>"<paramref name="list"/>":[…]</c>.</summary>
    public static void WriteNames(this Utf8JsonWriter json, string list, NamePage names)
    {
        json.WritePropertyName(list);
        json.WriteRawValue(names.Json, skipInputValidation: true);
    }
}
