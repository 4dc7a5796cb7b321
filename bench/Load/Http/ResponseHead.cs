using System.Buffers.Text;
using System.Text;

namespace Harbor.Load.Http;

/// <summary>The part of a response head that tells how to read on.</summary>
/// <param name="ContentLength">Null when the head names none.</param>
internal readonly record struct ResponseHead(int Status, long? ContentLength, bool IsChunked, bool Closes)
{
    /// <summary>Reads a whole head: status line and header lines, up to and with the empty line.</summary>
    /// <exception cref="HttpFailure">It is not HTTP/1.x, or a length is not a number.</exception>
    /// <remarks>RFC 9112, sections 4 to 6. Chunked coding overrides a length; HTTP/1.0 closes unless told otherwise.</remarks>
    public static ResponseHead Parse(ReadOnlySpan<byte> head)
    {
        if (head.Length < 12 || !head.StartsWith("HTTP/1."u8)
            || !Utf8Parser.TryParse(head[9..], out int status, out var digits) || digits != 3)
        {
            throw new HttpFailure("the answer is not HTTP/1.x");
        }

        long? length = null;
        if (FindHeader(head, "Content-Length"u8, out var value))
        {
            length = Utf8Parser.TryParse(value, out long parsed, out var used) && used == value.Length && parsed >= 0
                ? parsed
                : throw new HttpFailure("bad Content-Length");
        }

        var connection = FindHeader(head, "Connection"u8, out var option) ? option : [];
        var closes = head[7] == '0' ? !Ascii.EqualsIgnoreCase(connection, "keep-alive"u8) : Ascii.EqualsIgnoreCase(connection, "close"u8);
        var chunked = FindHeader(head, "Transfer-Encoding"u8, out var coding) && Ascii.EqualsIgnoreCase(coding, "chunked"u8);
        return new(status, chunked ? null : length, chunked, closes);
    }

    /// <summary>Finds the first header of a name, whatever its case; its value comes without surrounding blanks.</summary>
    public static bool FindHeader(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var rest = head;
        for (var end = rest.IndexOf("\r\n"u8); end > 0; end = rest.IndexOf("\r\n"u8))
        {
            var line = rest[..end];
            if (line.Length > name.Length && line[name.Length] == ':' && Ascii.EqualsIgnoreCase(line[..name.Length], name))
            {
                value = line[(name.Length + 1)..].Trim(" \t"u8);
                return true;
            }

            rest = rest[(end + 2)..];
        }

        value = default;
        return false;
    }
}
