using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Harbor.Integration.Audit;

/// <summary>A syslog server on the loopback interface that keeps the lines it gets.</summary>
internal sealed class SyslogServer : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource ended = new();
    private readonly List<Socket> clients = [];
    private readonly List<string> lines = [];
    private readonly Task accepting;

    private SyslogServer(TcpListener listener)
    {
        this.listener = listener;
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string Endpoint => $"127.0.0.1:{Port}";

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (lines)
            {
                return [.. lines];
            }
        }
    }

    /// <param name="port">0: a free one.</param>
    public static SyslogServer Start(int port = 0)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Start();
        return new SyslogServer(listener);
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        listener.Stop();
        lock (lines)
        {
            clients.ForEach(client => client.Dispose());
        }

        await accepting;
        ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync(ended.Token);
                lock (lines)
                {
                    clients.Add(client);
                }

                _ = ReadAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Ended.
        }
    }

    private async Task ReadAsync(Socket client)
    {
        try
        {
            using var reader = new StreamReader(new NetworkStream(client), Encoding.UTF8);
            while (await reader.ReadLineAsync(ended.Token) is { } line)
            {
                lock (lines)
                {
                    lines.Add(line);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException or SocketException)
        {
            // Ended.
        }
    }
}
