using System.Globalization;
using Harbor.Platform.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Harbor.Platform.Events;

/// <summary>Hears what other replicas changed, and says whether it hears at all.</summary>
/// <remarks>
/// Mutable facts may be answered from memory only while <see cref="IsCurrent"/>: a heartbeat of our own, sent within the last
/// three seconds, came back through <c>LISTEN</c>. So a replica that lost its connection serves from the database, never stale.
/// </remarks>
public sealed class ChangeFeed(DatabaseAddress address, TimeProvider clock, ILogger<ChangeFeed> logger) : BackgroundService
{
    public const string Channel = "harbor_changes";

    /// <summary>The key that stands for all keys.</summary>
    public const string Everything = "*";

    private const string HeartbeatPrefix = "heartbeat:";
    private static readonly TimeSpan MaxLag = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(1);

    private readonly string self = Guid.CreateVersion7().ToString("N");
    private readonly List<Action<string>> evictors = [];
    private readonly List<Action> flushers = [];
    private long lastHeardBeat = long.MinValue;

    /// <summary>Whether everything committed elsewhere until three seconds ago has reached our caches.</summary>
    public bool IsCurrent
    {
        get
        {
            var beat = Interlocked.Read(ref lastHeardBeat);
            return beat != long.MinValue && clock.GetElapsedTime(beat) < MaxLag;
        }
    }

    /// <summary>Registers a cache: <paramref name="evict"/> gets every changed key, <paramref name="flush"/> forgets everything.</summary>
    public void Subscribe(Action<string> evict, Action flush)
    {
        lock (evictors)
        {
            evictors.Add(evict);
            flushers.Add(flush);
        }
    }

    /// <summary>Evicts a key in this process at once, before the notification makes its round: a replica is never behind itself.</summary>
    public void EvictLocally(string key)
    {
        lock (evictors)
        {
            evictors.ForEach(evict => evict(key));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException or OperationCanceledException)
            {
                Interlocked.Exchange(ref lastHeardBeat, long.MinValue);
                Log.ChangeFeedLost(logger, e);
                await Task.Delay(BeatInterval, clock, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        // Not from the pool: a listener lives long, and a proxy that shares sessions would lose its subscriptions.
        await using var connection = new NpgsqlConnection(ListenerString());
        connection.Notification += (_, e) => Hear(e.Payload);
        await connection.OpenAsync(ct);
        await ExecuteAsync(connection, $"LISTEN {Channel}", ct);
        Flush();
        while (true)
        {
            var sent = clock.GetTimestamp().ToString(CultureInfo.InvariantCulture);
            await ExecuteAsync(connection, $"NOTIFY {Channel}, '{HeartbeatPrefix}{self}:{sent}'", ct);
            await PauseAsync(connection, ct);
        }
    }

    private async Task PauseAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        // Whole milliseconds, one at least: Npgsql cuts off the fraction and takes zero for "for ever".
        var started = clock.GetTimestamp();
        while (Math.Ceiling((BeatInterval - clock.GetElapsedTime(started)).TotalMilliseconds) is var left and > 0)
        {
            await connection.WaitAsync(TimeSpan.FromMilliseconds(left), ct);
        }
    }

    private string ListenerString() =>
        new NpgsqlConnectionStringBuilder(address.Listener.Reveal()) { Pooling = false, CommandTimeout = 3, ApplicationName = "harbor-changes" }.ConnectionString;

    private void Hear(string payload)
    {
        if (payload == Everything)
        {
            Flush();
        }
        else if (!payload.StartsWith(HeartbeatPrefix, StringComparison.Ordinal))
        {
            EvictLocally(payload);
        }
        else if (payload.AsSpan(HeartbeatPrefix.Length) is var beat && beat.StartsWith(self))
        {
            Interlocked.Exchange(ref lastHeardBeat, long.Parse(beat[(self.Length + 1)..], CultureInfo.InvariantCulture));
        }
    }

    private void Flush()
    {
        lock (evictors)
        {
            flushers.ForEach(flush => flush());
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
