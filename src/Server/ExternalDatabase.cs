using Harbor.Platform.Data;
using Harbor.Platform.Settings;
using Npgsql;

namespace Harbor.Server;

/// <summary>The PostgreSQL that <c>HARBOR_DATABASE</c> names.</summary>
internal static class ExternalDatabase
{
    private const int OldestVersion = 15;
    private const string LockTimeout = "10s";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <exception cref="StartupException">A connection string cannot be read.</exception>
    public static DatabaseAddress Address(string database, string? listen) =>
        new(Readable("HARBOR_DATABASE", database), Readable("HARBOR_DATABASE_LISTEN", listen ?? database));

    /// <summary>Waits until the database answers: at boot it may come up after us.</summary>
    /// <exception cref="StartupException">It did not within a minute, it refuses us, or it is too old.</exception>
    public static async Task WaitAsync(NpgsqlDataSource source, TimeProvider clock, ILogger logger, CancellationToken ct)
    {
        var begun = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(ct);
                if (connection.PostgreSqlVersion.Major < OldestVersion)
                {
                    throw new StartupException($"HARBOR_DATABASE is PostgreSQL {connection.PostgreSqlVersion}; version {OldestVersion} or newer is needed.");
                }

                await BoundLocksAsync(source, connection, logger, ct);
                return;
            }
            catch (PostgresException e) when (!e.IsTransient)
            {
                throw new StartupException($"HARBOR_DATABASE refuses the connection: {e.MessageText} ({e.SqlState}).", e);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                if (clock.GetElapsedTime(begun) > Patience)
                {
                    throw new StartupException($"HARBOR_DATABASE could not be reached within {Patience.TotalSeconds} s: {Reason(e)}", e);
                }

                Log.DatabaseAwaited(logger, Reason(e));
                await Task.Delay(Pause, clock, ct);
            }
        }
    }

    /// <summary>No request may wait for a lock without end. A setting of the role reaches every session, through PgBouncer too.</summary>
    private static async Task BoundLocksAsync(NpgsqlDataSource source, NpgsqlConnection connection, ILogger logger, CancellationToken ct)
    {
        await using var look = new NpgsqlCommand("SELECT current_setting('lock_timeout') = '0'", connection);
        if (await look.ExecuteScalarAsync(ct) is not true)
        {
            return;
        }

        try
        {
            await using var set = new NpgsqlCommand($"""
                DO $$ BEGIN
                    EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET lock_timeout = %L', current_database(), '{LockTimeout}');
                END $$
                """, connection);
            await set.ExecuteNonQueryAsync(ct);
            source.Clear();
        }
        catch (PostgresException e)
        {
            Log.LocksUnbounded(logger, LockTimeout, e.MessageText);
        }
    }

    private static string Reason(Exception e) => e.InnerException is { } inner ? $"{e.Message}: {inner.Message}" : e.Message;

    private static Secret Readable(string name, string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text).Host is { Length: > 0 }
                ? new Secret(text)
                : throw new StartupException($"{name} names no Host: it is an Npgsql connection string such as Host=db;Database=harbor;Username=harbor;Password=...");
        }
        catch (ArgumentException e)
        {
            // The message of the exception may quote the value, which may hold a password.
            throw new StartupException($"{name} cannot be read: it is an Npgsql connection string such as Host=db;Database=harbor;Username=harbor;Password=...", e);
        }
    }
}
