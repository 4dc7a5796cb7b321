using System.Text.RegularExpressions;

namespace Harbor.Load.Registry;

/// <summary>A WWW-Authenticate header that asks for a token.</summary>
/// <param name="Realm">Where tokens are to be had.</param>
internal sealed partial record Challenge(Uri Realm, string Service)
{
    /// <summary>Null when the header asks for something other than a token.</summary>
    public static Challenge? Parse(string? header)
    {
        if (header is null || !header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var fields = Field().Matches(header)
            .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value, StringComparer.OrdinalIgnoreCase);
        return fields.TryGetValue("realm", out var realm) && Uri.TryCreate(realm, UriKind.Absolute, out var uri)
            ? new(uri, fields.GetValueOrDefault("service", ""))
            : null;
    }

    [GeneratedRegex(@"(\w+)=""([^""]*)""")]
    private static partial Regex Field();
}
