using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Harbor.Unit.Distribution;

/// <summary>Damages JSON in the ways that strangers do: torn, with odd values in the place of right ones, and with stray bytes.</summary>
internal sealed class MutatedJson(int seed)
{
    private static readonly byte[][] OddValues =
    [
        .. new[]
        {
            "null", "true", "0", "-1", "1e400", "-0", "2.0", "2.5", "9223372036854775808", "123456789012345678901234567890", "\"\"", "\"\\u0000\"", "\"\\ud800\"",
            "\"\\udc00x\"", "\"a\\u0000b\"", "[]", "{}", "[[]]", "[null]", "[\"\\ud83d\"]", "{\"\\ud800\":\"x\"}", "{\"\":\"\"}", "{\"a\":1}", "{\"a\":{\"b\":null}}",
            $"\"{new string('x', 300)}\"", "\"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"",
            "\"application/vnd.oci.image.index.v1+json\"", "NaN", "'x'", "{", "]", "\"",
        }.Select(Encoding.UTF8.GetBytes),
        Encoding.UTF8.GetBytes(new string('[', 200) + new string(']', 200)),
        Encoding.UTF8.GetBytes(new string('[', 20) + new string(']', 20)),
        [(byte)'"', 0xff, 0xfe, (byte)'"'],
        [(byte)'"', 0xc3, (byte)'"'],
        [(byte)'"', 0xed, 0xa0, 0x80, (byte)'"'],
        [0xef, 0xbb, 0xbf],
        [0],
    ];

    private readonly Random random = new(seed);

    public byte[] Next(byte[] valid)
    {
        var bytes = valid;
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            bytes = random.Next(5) switch
            {
                0 => bytes[..random.Next(bytes.Length + 1)],
                1 => Overwrite(bytes),
                2 => Insert(bytes, random.Next(bytes.Length + 1), OddValues[random.Next(OddValues.Length)]),
                _ => ReplaceToken(bytes),
            };
        }

        return bytes;
    }

    /// <summary>Bytes without any order.</summary>
    public byte[] Noise()
    {
        var bytes = new byte[random.Next(200)];
        random.NextBytes(bytes);
        return bytes;
    }

    private byte[] Overwrite(byte[] bytes)
    {
        var copy = bytes.ToArray();
        if (copy.Length > 0)
        {
            copy[random.Next(copy.Length)] = (byte)random.Next(256);
        }

        return copy;
    }

    // One value or name of the document, while it still is one, makes room for an odd one.
    private byte[] ReplaceToken(byte[] bytes)
    {
        var tokens = Tokens(bytes);
        if (tokens.Count == 0)
        {
            return Overwrite(bytes);
        }

        var (start, length) = tokens[random.Next(tokens.Count)];
        return Insert([.. bytes[..start], .. bytes[(start + length)..]], start, OddValues[random.Next(OddValues.Length)]);
    }

    private static List<(int Start, int Length)> Tokens(byte[] bytes)
    {
        var tokens = new List<(int, int)>();
        var reader = new Utf8JsonReader(bytes);
        try
        {
            while (reader.Read())
            {
                tokens.Add(((int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex)));
            }
        }
        catch (JsonException)
        {
            return tokens;   // up to where it was torn
        }

        return tokens;
    }

    private static byte[] Insert(byte[] bytes, int at, byte[] inserted) => [.. bytes[..at], .. inserted, .. bytes[at..]];

    /// <summary>The bytes as a failure message can show them.</summary>
    public static string Show(byte[] bytes) => string.Create(CultureInfo.InvariantCulture, $"{Encoding.Latin1.GetString(bytes)} (base64 {Convert.ToBase64String(bytes)})");
}
