using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Harbor.Modules.Access.Tokens;

/// <summary>Reads bearer tokens and believes only our own: RS256 by our key, for our audience, in their time.</summary>
/// <remarks>
/// Strict, since only we write them: nothing is parsed of the payload before its signature is good, and a token whose parts could be
/// read in two ways is refused. The issuer is not looked at, as in Harbor.
/// </remarks>
internal static class TokenReader
{
    /// <summary>As much as the request headers may be together.</summary>
    public const int MaxLength = 64 * 1024;

    public static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    public static bool TryRead(string token, SigningKey key, DateTimeOffset now, [NotNullWhen(true)] out TokenClaims? claims)
    {
        claims = null;
        if (token.Length > MaxLength || !TrySplit(token, out var header, out var payload, out var signature))
        {
            return false;
        }

        try
        {
            if (!IsOurs(header, key) || !key.Verify(Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')]), signature))
            {
                return false;
            }

            using var document = JsonDocument.Parse(payload, Strict);
            claims = ReadClaims(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;   // not JSON, or not UTF-8 where a text is taken out of it
        }

        if (claims is null || now < claims.NotBefore - Leeway || now < claims.IssuedAt - Leeway || !IsCurrent(claims, now))
        {
            claims = null;
        }

        return claims is not null;
    }

    public static bool IsCurrent(TokenClaims claims, DateTimeOffset now) => now < claims.Expires + Leeway;

    private static bool TrySplit(string token, out byte[] header, out byte[] payload, out byte[] signature)
    {
        (header, payload, signature) = ([], [], []);
        return token.Split('.') is [var first, var second, var third]
            && TryDecode(first, out header) && TryDecode(second, out payload) && TryDecode(third, out signature);
    }

    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = [];

        // The decoder skips white space and takes padding; a token has neither.
        if (text.Length == 0 || !text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') || !Base64Url.IsValid(text))
        {
            return false;
        }

        bytes = Base64Url.DecodeFromChars(text);

        // Unused bits of the last character must be zero, or two texts would be one token.
        return Base64Url.EncodeToString(bytes) == text;
    }

    private static bool IsOurs(byte[] header, SigningKey key)
    {
        using var document = JsonDocument.Parse(header, Strict);
        var root = document.RootElement;
        return root.ValueKind == JsonValueKind.Object
            && Text(root, "alg") == "RS256"
            && Text(root, "typ") == "JWT"
            && (!root.TryGetProperty("kid", out _) || Text(root, "kid") == key.Id)
            && !root.TryGetProperty("crit", out _);
    }

    private static TokenClaims? ReadClaims(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object
            || !IsForUs(root)
            || Text(root, "sub") is not { } subject
            || Time(root, "exp") is not { } expires
            || Time(root, "iat") is not { } issuedAt)
        {
            return null;
        }

        var notBefore = issuedAt;
        if (root.TryGetProperty("nbf", out _))
        {
            if (Time(root, "nbf") is not { } given)
            {
                return null;
            }

            notBefore = given;
        }

        return ReadAccess(root) is { } access ? new TokenClaims(subject, issuedAt, notBefore, expires, access) : null;
    }

    private static bool IsForUs(JsonElement root) =>
        root.TryGetProperty("aud", out var audience)
        && (audience.ValueKind == JsonValueKind.Array
            ? audience.EnumerateArray().Any(each => each.ValueKind == JsonValueKind.String && each.ValueEquals(TokenClaims.Audience))
            : audience.ValueKind == JsonValueKind.String && audience.ValueEquals(TokenClaims.Audience));

    private static List<TokenAccess>? ReadAccess(JsonElement root)
    {
        if (!root.TryGetProperty("access", out var entries) || entries.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (entries.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var access = new List<TokenAccess>(entries.GetArrayLength());
        foreach (var entry in entries.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object
                || Text(entry, "type") is not { } type
                || Text(entry, "name") is not { } name
                || !entry.TryGetProperty("actions", out var actions)
                || actions.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null))
            {
                return null;
            }

            access.Add(new TokenAccess(type, name, actions.ValueKind == JsonValueKind.Null ? [] : [.. actions.EnumerateArray().Select(action => action.GetString() ?? string.Empty)]));
        }

        return access;
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // Seconds since 1970, within what a date can hold.
    private static DateTimeOffset? Time(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds)
        && seconds is >= 0 and <= 253_402_300_799 - 3600
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
}
