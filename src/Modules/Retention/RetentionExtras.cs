using System.Text.Json;

namespace Harbor.Modules.Retention;

/// <summary>The JSON text in a selector that says what becomes of artifacts without a tag.</summary>
internal static class RetentionExtras
{
    /// <summary>False: it is no JSON object, or its <c>untagged</c> is no boolean. One that says nothing of them says no.</summary>
    public static bool TryRead(string text, out bool untagged)
    {
        untagged = false;
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            if (json.RootElement.TryGetProperty("untagged", out var said))
            {
                untagged = said.ValueKind == JsonValueKind.True;
                return said.ValueKind is JsonValueKind.True or JsonValueKind.False;
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
