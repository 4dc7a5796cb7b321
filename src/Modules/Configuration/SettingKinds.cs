using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Harbor.Modules.Configuration;

/// <summary>The kinds of values that settings have, with what each kind accepts.</summary>
internal static class SettingKinds
{
    public const string NoMap = "{}";

    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    public static Setting<string> Text(string name, string standard = "") => Text(name, standard, "a text", static text => text);

    /// <summary>Encrypted, and never shown.</summary>
    public static Setting<string> Hidden(string name) => Text(name) with { IsSecret = true, IsShown = false };

    /// <summary>Trimmed. Its default may be empty; what is set may not.</summary>
    public static Setting<string> NotBlank(string name, string standard = "") =>
        Text(name, standard, "not blank", static text => text.Trim() is { Length: > 0 } trimmed ? trimmed : null);

    public static Setting<string> OneOf(string name, string standard, params string[] words) =>
        Text(name, standard, $"one of {string.Join(", ", words)}", text => Array.Exists(words, word => word == text) ? text : null);

    /// <summary>A regular expression that takes time in proportion to what it looks at; empty is none.</summary>
    public static Setting<string> Pattern(string name) => Text(name, "", "a regular expression", static text => IsPattern(text) ? text : null);

    /// <summary>Words with commas between them, <paramref name="needed"/> among them; empty is none.</summary>
    public static Setting<string> WordsWith(string name, string needed) => Text(name, "", $"a comma-separated list that contains {needed}", text =>
        text.Length == 0 || text.Split(',', StringSplitOptions.TrimEntries).Contains(needed, StringComparer.Ordinal) ? text : null);

    /// <summary>A JSON object of texts; it is kept with its names in order. Empty is an empty one.</summary>
    public static Setting<string> Map(string name, string standard = NoMap) => Text(name, standard, "a JSON object whose values are texts", static text => MapOf(text));

    public static Setting<string> JsonObject(string name) => Text(name, "", "a JSON object", static text => IsObject(text) ? text : null);

    public static Setting<bool> Flag(string name, bool standard) =>
        new(name, standard, TryReadFlag) { Write = static value => value ? "true" : "false", Requirement = "true or false" };

    public static Setting<long> Number(string name, long standard, long least, long most) => new(name, standard, (string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= least && value <= most)
    {
        Write = static value => value.ToString(CultureInfo.InvariantCulture),
        Requirement = $"a whole number from {least} to {most}",
    };

    /// <summary>-1, or more than zero.</summary>
    public static Setting<long> Limit(string name, long most) => new(name, -1, (string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && (value == -1 || (value > 0 && value <= most)))
    {
        Write = static value => value.ToString(CultureInfo.InvariantCulture),
        Requirement = $"-1 (no limit) or a whole number from 1 to {most}",
    };

    /// <summary>A share of everything, from 0 to 1.</summary>
    public static Setting<double> Share(string name, double standard) => new(name, standard, static (string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && value is >= 0 and <= 1)
    {
        Write = static value => value.ToString(CultureInfo.InvariantCulture),
        Requirement = "a number from 0 to 1",
    };

    /// <param name="accept">The value as it is kept, or null when it is not acceptable.</param>
    public static Setting<string> Text(string name, string standard, string requirement, Func<string, string?> accept) =>
        new(name, standard, (string text, out string value) =>
        {
            value = accept(text) ?? string.Empty;
            return accept(text) is not null;
        })
        {
            Write = static value => value,
            Requirement = requirement,
        };

    // The words that Harbor's own settings in the environment may have.
    private static bool TryReadFlag(string text, out bool value)
    {
        value = text.ToUpperInvariant() is "TRUE" or "T" or "1";
        return value || text.ToUpperInvariant() is "FALSE" or "F" or "0";
    }

    private static bool IsPattern(string text)
    {
        try
        {
            _ = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, PatternTimeout);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    private static string? MapOf(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return NoMap;
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Value.ValueKind != JsonValueKind.String)
                {
                    return null;
                }

                sorted[property.Name] = property.Value.GetString()!;
            }

            return JsonObjects.Write(sorted);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;   // not JSON, or a text in it is no Unicode
        }
    }

    private static bool IsObject(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
