using System.Globalization;

namespace Harbor.Load.Http;

/// <summary>Takes a chunked body apart, however the network cut it. RFC 9112, section 7.1.</summary>
internal sealed class ChunkedBody
{
    private enum Expect
    {
        Size,
        Data,
        EndOfData,
        Trailer,
        Nothing,
    }

    // A size in hexadecimal, perhaps an extension behind it; a trailer line.
    private const int LongestLine = 8192;

    private readonly List<byte> line = [];
    private Expect expect;
    private long left;

    public bool IsComplete => expect == Expect.Nothing;

    /// <summary>Takes what has arrived and hands the content in it to <paramref name="sink"/>.</summary>
    /// <returns>How many bytes of <paramref name="received"/> belong to this body; fewer than all only when it is complete.</returns>
    /// <exception cref="HttpFailure">It is not chunked coding.</exception>
    public int Take(ReadOnlySpan<byte> received, BodySink? sink)
    {
        var at = 0;
        while (at < received.Length && !IsComplete)
        {
            if (expect == Expect.Data)
            {
                var data = received.Slice(at, (int)Math.Min(left, received.Length - at));
                sink?.Invoke(data);
                at += data.Length;
                left -= data.Length;
                expect = left == 0 ? Expect.EndOfData : Expect.Data;
            }
            else
            {
                TakeLineByte(received[at++]);
            }
        }

        return at;
    }

    private void TakeLineByte(byte next)
    {
        if (next != '\n')
        {
            line.Add(line.Count < LongestLine ? next : throw new HttpFailure("endless line in a chunked body"));
            return;
        }

        if (line.Count == 0 || line[^1] != '\r')
        {
            throw new HttpFailure("bad line end in a chunked body");
        }

        line.RemoveAt(line.Count - 1);
        EndLine();
        line.Clear();
    }

    private void EndLine()
    {
        switch (expect)
        {
            case Expect.Size:
                left = ParseSize();
                expect = left == 0 ? Expect.Trailer : Expect.Data;
                break;
            case Expect.EndOfData:
                expect = line.Count == 0 ? Expect.Size : throw new HttpFailure("a chunk is longer than its size");
                break;
            case Expect.Trailer:
                expect = line.Count == 0 ? Expect.Nothing : Expect.Trailer;
                break;
        }
    }

    private long ParseSize()
    {
        var extension = line.IndexOf((byte)';');
        var digits = System.Text.Encoding.ASCII.GetString([.. extension < 0 ? line : line[..extension]]).Trim();
        return long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size) && size >= 0
            ? size
            : throw new HttpFailure("bad chunk size");
    }
}
