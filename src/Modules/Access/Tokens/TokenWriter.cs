using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Harbor.Modules.Access.Tokens;

/// <summary>Makes signed bearer tokens: JSON Web Tokens by RS256.</summary>
internal static class TokenWriter
{
    private const int IdLength = 16;
    private const string IdCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static string Write(TokenClaims claims, SigningKey key)
    {
        var signed = $"{Base64Url.EncodeToString(Header(key))}.{Base64Url.EncodeToString(Payload(claims))}";
        return $"{signed}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static ReadOnlySpan<byte> Header(SigningKey key)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("typ", "JWT");
        json.WriteString("alg", "RS256");
        json.WriteString("kid", key.Id);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }

    private static ReadOnlySpan<byte> Payload(TokenClaims claims)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("iss", TokenClaims.Issuer);
        json.WriteString("sub", claims.Subject);
        json.WriteString("aud", TokenClaims.Audience);
        json.WriteNumber("exp", claims.Expires.ToUnixTimeSeconds());
        json.WriteNumber("nbf", claims.NotBefore.ToUnixTimeSeconds());
        json.WriteNumber("iat", claims.IssuedAt.ToUnixTimeSeconds());
        json.WriteString("jti", RandomNumberGenerator.GetString(IdCharacters, IdLength));
        json.WriteStartArray("access");
        foreach (var entry in claims.Access)
        {
            json.WriteStartObject();
            json.WriteString("type", entry.Type);
            json.WriteString("name", entry.Name);
            json.WriteStartArray("actions");
            foreach (var action in entry.Actions)
            {
                json.WriteStringValue(action);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }
}
