using System.Globalization;

namespace Harbor.Distribution.Uploads;

/// <summary>The <c>Content-Range</c> of a chunk: first and last offset, both inclusive, without a unit.</summary>
/// <remarks>Source: OCI distribution-spec 1.1, "Pushing a blob in chunks". The form of RFC 9110 with <c>bytes</c> is understood too.</remarks>
internal readonly record struct ChunkRange(long First, long Last)
{
    public long Length => Last - First + 1;

    /// <summary>False when the header is there and says no range.</summary>
    public static bool TryParse(string? header, out ChunkRange? range)
    {
        range = null;
        if (string.IsNullOrEmpty(header))
        {
            return true;
        }

        var text = header.AsSpan();
        if (text.StartsWith("bytes ", StringComparison.OrdinalIgnoreCase))
        {
            text = text["bytes ".Length..];
            text = text.IndexOf('/') is var slash and >= 0 ? text[..slash] : text;
        }

        var dash = text.IndexOf('-');
        if (dash <= 0
            || !long.TryParse(text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !long.TryParse(text[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            || last < first
            || last == long.MaxValue)
        {
            return false;
        }

        range = new ChunkRange(first, last);
        return true;
    }
}
