using System.Net.Sockets;
using System.Text;
using Harbor.Modules.Configuration;
using Harbor.Platform.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Harbor.Modules.Audit.Forwarding;

/// <summary>Sends audit records to a syslog server, at least once each, while one is named in the configuration.</summary>
/// <remarks>A record leaves the queue after it was handed to a connection that is still open. Requests never wait for it.</remarks>
public sealed class AuditForwarder(Database db, Settings settings, TimeProvider clock, ILogger<AuditForwarder> logger) : BackgroundService
{
    /// <summary>How many records may wait.</summary>
    public const int MaxWaiting = 100_000;

    private const int AtOnce = 500;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private Socket? connection;
    private string connectedTo = string.Empty;
    private int failures;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Disconnect();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await Task.Delay(await TryForwardAsync(stoppingToken), clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What waits is sent after the next start, or by another replica.
        }
    }

    // Answers how long to pause.
    private async Task<TimeSpan> TryForwardAsync(CancellationToken ct)
    {
        var endpoint = string.Empty;
        try
        {
            endpoint = AuditSettings.Of(await settings.GetAsync(ct)).ForwardsTo;
            if (endpoint.Length > 0)
            {
                await ForwardAsync(endpoint, ct);
            }

            failures = 0;
            return Poll;
        }
        catch (Exception e) when (e is SocketException or IOException or NpgsqlException or TimeoutException or FormatException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            Disconnect();
            var pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, failures++)));
            Log.ForwardingFailed(logger, e, endpoint, pause.TotalSeconds);
            return pause;
        }
    }

    private async Task ForwardAsync(string endpoint, CancellationToken ct)
    {
        while (await ForwardQueue.TakeAsync(db, AtOnce, ct) is { Count: > 0 } rows)
        {
            try
            {
                await SendAsync(endpoint, rows, ct);
            }
            catch
            {
                await ForwardQueue.ReturnAsync(db, rows, CancellationToken.None);   // also when the server stops
                if (await ForwardQueue.TrimAsync(db, MaxWaiting, ct) is var dropped and > 0)
                {
                    Log.ForwardingDropped(logger, endpoint, dropped);
                }

                throw;
            }

            await ForwardQueue.RemoveAsync(db, rows, ct);
            if (rows.Count < AtOnce)
            {
                break;
            }
        }
    }

    private async Task SendAsync(string endpoint, List<ForwardRow> rows, CancellationToken ct)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limited.CancelAfter(Patience);
        var text = new StringBuilder();
        rows.ForEach(row => text.Append(SyslogMessage.Line(row.At, Environment.MachineName, Environment.ProcessId, row.Message)));
        ReadOnlyMemory<byte> bytes = Encoding.UTF8.GetBytes(text.ToString());

        var socket = await ConnectAsync(endpoint, limited.Token);
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, limited.Token)..];
        }

        // TCP tells nothing of what arrived. That nobody has closed the connection meanwhile is the most there is to know.
        if (IsClosed(socket))
        {
            throw new IOException("The server has closed the connection.");
        }
    }

    private async Task<Socket> ConnectAsync(string endpoint, CancellationToken ct)
    {
        if (connection is not null && connectedTo == endpoint && !IsClosed(connection))
        {
            return connection;
        }

        Disconnect();
        if (!SyslogAddress.TryParse(endpoint, out var server))
        {
            throw new FormatException("The endpoint for audit records must be host:port.");
        }

        connection = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await connection.ConnectAsync(server.Host, server.Port, ct);
        connectedTo = endpoint;
        Log.ForwardingWorks(logger, endpoint);
        return connection;
    }

    // A syslog server sends nothing, so that something can be read means the end.
    private static bool IsClosed(Socket socket) => socket.Poll(TimeSpan.Zero, SelectMode.SelectRead) && socket.Available == 0;

    private void Disconnect()
    {
        connection?.Dispose();
        connection = null;
    }
}
