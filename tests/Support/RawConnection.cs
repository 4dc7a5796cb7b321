using System.Net.Sockets;
using System.Text;

namespace Harbor.Support;

/// <summary>Bytes to and from a server, for requests that no HTTP client would send.</summary>
public sealed class RawConnection : IAsyncDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private RawConnection()
    {
    }

    public static async Task<RawConnection> OpenAsync(string host, int port)
    {
        var connection = new RawConnection();
        await connection.socket.ConnectAsync(host, port);
        return connection;
    }

    /// <summary>Sends Latin-1 text as it stands; write <c>\r\n</c> yourself.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes)..];
        }
    }

    /// <summary>Reads until the text so far satisfies <paramref name="enough"/>, the server closes, or the time is up.</summary>
    public async Task<string> ReadUntilAsync(Func<string, bool> enough, TimeSpan within)
    {
        using var timeout = new CancellationTokenSource(within);
        var text = new StringBuilder();
        var buffer = new byte[16 * 1024];
        try
        {
            while (!enough(text.ToString()) && await socket.ReceiveAsync(buffer, timeout.Token) is > 0 and var count)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            text.Append("");   // what came is the answer
        }

        return text.ToString();
    }

    /// <summary>Everything until the server closes: send <c>Connection: close</c>.</summary>
    public Task<string> ReadToEndAsync() => ReadUntilAsync(_ => false, TimeSpan.FromSeconds(30));

    /// <summary>Hangs up with a reset, as a client that dies does.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
