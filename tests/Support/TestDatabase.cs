using Harbor.Platform.Data.Embedded;
using Harbor.Server;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Harbor.Support;

/// <summary>A database of its own, copied from a finished one: schema, first-start work and all. Dropped afterwards.</summary>
/// <remarks>One PostgreSQL serves the whole test process, in memory where that is possible and without fsync. It ends with the process.</remarks>
public sealed class TestDatabase : IAsyncDisposable
{
    private const int MostConnections = 600;
    private const int PoolSize = 40;

    private static readonly Lazy<Task<EmbeddedPostgres>> Shared = new(StartSharedAsync);
    private static int count;

    private readonly EmbeddedPostgres postgres;
    private readonly List<NpgsqlDataSource> pools = [];

    private TestDatabase(EmbeddedPostgres postgres, string name) => (this.postgres, Name) = (postgres, name);

    public string Name { get; }

    /// <summary>Npgsql connection string.</summary>
    public string ConnectionString => postgres.ConnectionString(Name);

    /// <param name="empty">No tables at all, as an external database is before its first start.</param>
    public static async Task<TestDatabase> CreateAsync(bool empty = false)
    {
        var postgres = await Shared.Value;
        var name = $"test_{Interlocked.Increment(ref count)}";
        await ExecuteAsync(postgres, $"CREATE DATABASE {name} TEMPLATE {(empty ? "template1" : EmbeddedPostgres.DatabaseName)}");
        return new TestDatabase(postgres, name);
    }

    /// <summary>Runs a statement in this database; answers the first value of the first row.</summary>
    public async Task<object?> QueryAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Unpooled(ConnectionString));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is { } value and not DBNull ? value : null;
    }

    /// <summary>Tells of a pool whose sessions must end when the clock is shifted.</summary>
    public void Serves(NpgsqlDataSource pool)
    {
        lock (pools)
        {
            pools.Add(pool);
        }
    }

    /// <summary>Shifts <c>harbor_now()</c>, which all stored times come from.</summary>
    public async Task ShiftClockAsync(TimeSpan by)
    {
        await QueryAsync($"ALTER DATABASE {Name} SET harbor.clock_offset = '{(long)by.TotalSeconds} seconds'");

        // A session has the value it began with: those in the pools are ended, and new ones see the new time.
        lock (pools)
        {
            pools.ForEach(pool => pool.Clear());
        }
    }

    /// <summary>Ends every session and lets no new one in, as if the power were cut; answers a copy of what was committed by then.</summary>
    public async Task<TestDatabase> CutAsync()
    {
        await ExecuteAsync(postgres, $"ALTER DATABASE {Name} ALLOW_CONNECTIONS false");
        await ExecuteAsync(postgres, $"SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname = '{Name}'");
        var copy = new TestDatabase(postgres, $"test_{Interlocked.Increment(ref count)}");
        await ExecuteAsync(postgres, $"CREATE DATABASE {copy.Name} TEMPLATE {Name}");
        return copy;
    }

    /// <summary>Ends every session; answers a copy of what was committed by then, such as a standby has. This one goes on.</summary>
    public async Task<TestDatabase> CopyAsync()
    {
        var copy = await CutAsync();
        await ExecuteAsync(postgres, $"ALTER DATABASE {Name} ALLOW_CONNECTIONS true");
        return copy;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearPool(new NpgsqlConnection(ConnectionString));
        await ExecuteAsync(postgres, $"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");
    }

    private static async Task<EmbeddedPostgres> StartSharedAsync()
    {
        var folder = new TemporaryDirectory(inMemory: true);
        var options = new EmbeddedPostgresOptions
        {
            Directory = folder["postgres"],
            PoolSize = PoolSize,
            Settings = new Dictionary<string, string>
            {
                ["fsync"] = "off",
                ["synchronous_commit"] = "off",
                ["full_page_writes"] = "off",
                ["max_connections"] = $"{MostConnections}",
                ["max_wal_size"] = "'512MB'",
            },
        };
        var postgres = new EmbeddedPostgres(options, TimeProvider.System);
        await postgres.StartAsync(NullLogger<EmbeddedPostgres>.Instance, CancellationToken.None);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => postgres.Abandon();
        folder.RemoveAtExit();

        var finished = TestHarbor.Settings(postgres.ConnectionString(EmbeddedPostgres.DatabaseName), folder["template"], new TestHarborOptions());
        await using (await HarborServer.StartAsync(finished, "http://127.0.0.1:0", TestHarbor.Quiet, CancellationToken.None))
        {
            // Started once, it has done all that a first start owes.
        }

        NpgsqlConnection.ClearAllPools();
        return postgres;
    }

    private static async Task ExecuteAsync(EmbeddedPostgres postgres, string sql)
    {
        await using var connection = new NpgsqlConnection(Unpooled(postgres.ConnectionString("postgres")));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static string Unpooled(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
}
