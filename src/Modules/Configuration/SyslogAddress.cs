using System.Globalization;
using System.Net.Sockets;

namespace Harbor.Modules.Configuration;

/// <summary>A host and a TCP port, such as <c>logs.example.com:514</c> or <c>[2001:db8::1]:514</c>.</summary>
public readonly record struct SyslogAddress(string Host, int Port)
{
    /// <summary>False when a part is missing or the port is none.</summary>
    public static bool TryParse(string text, out SyslogAddress address)
    {
        address = default;
        var colon = text.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
        {
            return false;
        }

        var host = text[..colon];
        var isBracketed = host is ['[', .., ']'];
        if ((!isBracketed && host.Contains(':', StringComparison.Ordinal)) || Uri.CheckHostName(isBracketed ? host[1..^1] : host) == UriHostNameType.Unknown)
        {
            return false;
        }

        address = new SyslogAddress(isBracketed ? host[1..^1] : host, port);
        return true;
    }

    /// <summary>Whether it is empty, which is no address at all, or one.</summary>
    internal static bool IsValid(string text) => text.Length == 0 || TryParse(text, out _);

    /// <summary>Whether somebody takes a connection there within <paramref name="patience"/>.</summary>
    internal async Task<bool> IsReachableAsync(TimeSpan patience, TimeProvider clock, CancellationToken ct)
    {
        using var over = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, over.Token);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(Host, Port, either.Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
