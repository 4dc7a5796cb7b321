using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Harbor.Load.Http;

/// <summary>One keep-alive HTTP/1.1 connection, opened when first needed and again after a failure. For one thread.</summary>
/// <remarks>Blocking on purpose: a request is one send and one receive with nothing between them and the kernel. The generator shares
/// two cores with the server, and every microsecond spent here would be measured as the server's.</remarks>
/// <param name="timeout">For how long it may stand still.</param>
/// <param name="pieceLength">At most how many bytes are received at a time.</param>
internal sealed class HttpConnection(EndPoint endPoint, TimeSpan timeout, int pieceLength = 256 * 1024) : IDisposable
{
    private const int LongestHead = 32 * 1024;
    private readonly byte[] buffer = GC.AllocateUninitializedArray<byte>(256 * 1024, pinned: true);
    private readonly byte[] head = new byte[LongestHead];
    private Socket? socket;
    private int headLength;
    private int start;
    private int end;

    /// <summary>The value of a header of the latest response, or null.</summary>
    public string? Header(string name) =>
        ResponseHead.FindHeader(head.AsSpan(0, headLength), Encoding.ASCII.GetBytes(name), out var value)
            ? Encoding.ASCII.GetString(value)
            : null;

    /// <summary>Sends a request and reads the response to its end.</summary>
    /// <param name="request">The head, with the whole body behind it unless that is <paramref name="content"/>.</param>
    /// <param name="hasReplyBody">False for HEAD, whose response has none whatever its length says.</param>
    /// <param name="content">The request's body.</param>
    /// <param name="sink">Gets the response's body; null drops it.</param>
    /// <exception cref="SocketException">The connection failed, or nothing moved for the time-out.</exception>
    /// <exception cref="HttpFailure">The answer is not HTTP/1.x, or ended early.</exception>
    public Reply Exchange(ReadOnlySpan<byte> request, bool hasReplyBody = true, IContent? content = null, BodySink? sink = null)
    {
        var complete = false;
        try
        {
            var connected = socket ??= Connect();
            Send(connected, request);
            if (content is not null)
            {
                SendContent(connected, content);
            }

            var reply = Receive(connected, hasReplyBody, sink, out var closes);
            complete = !closes;
            return reply;
        }
        finally
        {
            if (!complete)
            {
                Dispose();   // what is left unread must not answer the next request
            }
        }
    }

    public void Dispose()
    {
        socket?.Dispose();
        socket = null;
        start = end = 0;
    }

    private static void Send(Socket connected, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[connected.Send(bytes)..];
        }
    }

    // A method of its own, so that requests without a body pay for no closure.
    private static void SendContent(Socket connected, IContent content) => content.SendTo(piece => Send(connected, piece));

    private Socket Connect()
    {
        var fresh = endPoint is IPEndPoint known
            ? new Socket(known.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        fresh.NoDelay = true;
        fresh.ReceiveTimeout = fresh.SendTimeout = (int)timeout.TotalMilliseconds;
        try
        {
            fresh.Connect(endPoint);
            return fresh;
        }
        catch
        {
            fresh.Dispose();
            throw;
        }
    }

    private Reply Receive(Socket connected, bool hasReplyBody, BodySink? sink, out bool closes)
    {
        var answer = ReceiveHead(connected, out var firstByteAt);
        while (answer.Status is >= 100 and < 200)
        {
            answer = ReceiveHead(connected, out firstByteAt);
        }

        closes = answer.Closes;
        if (!hasReplyBody || answer.Status is 204 or 304)
        {
            return new(answer.Status, 0, firstByteAt);
        }

        if (!answer.IsChunked && answer.ContentLength is null)
        {
            closes = true;   // the body ends with the connection
        }

        var length = answer.IsChunked ? ReceiveChunks(connected, sink) : ReceiveBody(connected, answer.ContentLength, sink);
        return new(answer.Status, length, firstByteAt);
    }

    private ResponseHead ReceiveHead(Socket connected, out long firstByteAt)
    {
        firstByteAt = 0;
        while (true)
        {
            if (start < end)
            {
                firstByteAt = firstByteAt == 0 ? Stopwatch.GetTimestamp() : firstByteAt;
                var length = buffer.AsSpan(start, Math.Min(end - start, LongestHead)).IndexOf("\r\n\r\n"u8) + 4;
                if (length > 3)
                {
                    buffer.AsSpan(start, length).CopyTo(head);
                    headLength = length;
                    start += length;
                    return ResponseHead.Parse(head.AsSpan(0, headLength));
                }

                if (end - start >= LongestHead || end == buffer.Length)
                {
                    throw new HttpFailure("endless response head");
                }
            }

            Fill(connected, start == end ? 0 : end);
        }
    }

    private long ReceiveBody(Socket connected, long? length, BodySink? sink)
    {
        long received = 0;
        while (length is null || received < length)
        {
            if (start == end && !TryFill(connected, 0))
            {
                return length is null ? received : throw new HttpFailure("the body ended early");
            }

            var piece = (int)Math.Min(end - start, (length ?? long.MaxValue) - received);
            sink?.Invoke(buffer.AsSpan(start, piece));
            start += piece;
            received += piece;
        }

        return received;
    }

    private long ReceiveChunks(Socket connected, BodySink? sink)
    {
        long received = 0;
        var body = new ChunkedBody();
        while (!body.IsComplete)
        {
            if (start == end)
            {
                Fill(connected, 0);
            }

            start += body.Take(buffer.AsSpan(start, end - start), piece =>
            {
                received += piece.Length;
                sink?.Invoke(piece);
            });
        }

        return received;
    }

    private void Fill(Socket connected, int from)
    {
        if (!TryFill(connected, from))
        {
            throw new HttpFailure("the server closed the connection");
        }
    }

    // Keeps what is unread only when told to go on behind it.
    private bool TryFill(Socket connected, int from)
    {
        if (from == 0)
        {
            start = 0;
        }

        var count = connected.Receive(buffer.AsSpan(from, Math.Min(pieceLength, buffer.Length - from)));
        end = from + count;
        return count > 0;
    }
}
