using System.Globalization;

namespace Harbor.Distribution.Blobs;

/// <summary>A part of a content: <paramref name="Length"/> bytes from <paramref name="Start"/>.</summary>
/// <remarks>Source: RFC 9110, section 14.1.2, "Byte Ranges".</remarks>
internal readonly record struct ByteRange(long Start, long Length)
{
    public long Last => Start + Length - 1;

    /// <summary>Reads a <c>Range</c> header against a content of <paramref name="size"/> bytes.</summary>
    /// <returns>Null when the whole content is to be sent: no range, not in bytes, malformed, or several ranges.</returns>
    /// <param name="satisfiable">False when the range lies outside the content: 416.</param>
    public static ByteRange? Parse(string? header, long size, out bool satisfiable)
    {
        satisfiable = true;
        const string Unit = "bytes=";
        if (header is null || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var spec = header.AsSpan(Unit.Length).Trim();
        var dash = spec.IndexOf('-');
        if (dash < 0 || spec.Contains(',') || !TryNumber(spec[..dash], out var first) || !TryNumber(spec[(dash + 1)..], out var last))
        {
            return null;
        }

        return (first, last) switch
        {
            (null, null) => null,
            (null, { } suffix) => Suffix(suffix, size, out satisfiable),
            ({ } start, { } end) when end < start => null,
            ({ } start, _) when start >= size => Outside(out satisfiable),
            ({ } start, { } end) => new ByteRange(start, Math.Min(end, size - 1) - start + 1),
            ({ } start, null) => new ByteRange(start, size - start),
        };
    }

    private static ByteRange? Suffix(long suffix, long size, out bool satisfiable)
    {
        satisfiable = suffix > 0 && size > 0;
        return satisfiable ? new ByteRange(size - Math.Min(suffix, size), Math.Min(suffix, size)) : null;
    }

    private static ByteRange? Outside(out bool satisfiable)
    {
        satisfiable = false;
        return null;
    }

    // Digits alone; empty is no number and no error. A number too large for any content is as good as the largest.
    private static bool TryNumber(ReadOnlySpan<char> text, out long? number)
    {
        number = null;
        if (text.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        if (text.Length > 0)
        {
            number = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : long.MaxValue;
        }

        return true;
    }
}
