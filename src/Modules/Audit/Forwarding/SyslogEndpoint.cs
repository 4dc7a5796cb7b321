using System.Globalization;
using System.Net.Sockets;

namespace Harbor.Modules.Audit.Forwarding;

/// <summary>Where a syslog server listens for TCP.</summary>
internal sealed record SyslogEndpoint(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>, or <c>[address]:port</c> for IPv6.</summary>
    public static SyslogEndpoint? Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue
            ? new SyslogEndpoint(text[..colon].Trim('[', ']'), port)
            : null;
    }

    /// <exception cref="SocketException">It cannot be reached.</exception>
    public async Task<Socket> ConnectAsync(CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(Host, Port, ct);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
