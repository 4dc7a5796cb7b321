using Harbor.Modules.Artifacts;
using Harbor.Modules.Fsck;
using Harbor.Platform;
using Harbor.Platform.Data;
using Harbor.Platform.Data.Embedded;
using Harbor.Platform.Settings;
using Npgsql;

namespace Harbor.Server.Fsck;

/// <summary>What a check needs of a server: its database, which another process may be running, and its store. Nothing is started besides.</summary>
internal sealed class FsckHost : IAsyncDisposable
{
    private const int Connections = 4;
    private const int CommandSeconds = 3600;   // a statement may look through a large table

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ServiceProvider services;
    private readonly EmbeddedPostgres? postgres;

    private FsckHost(ServiceProvider services, EmbeddedPostgres? postgres) => (this.services, this.postgres) = (services, postgres);

    public ConsistencyCheck Check => services.GetRequiredService<ConsistencyCheck>();

    /// <exception cref="StartupException">There is nothing to check, the database is not to be had, or it is another release's.</exception>
    public static async Task<FsckHost> StartAsync(HarborOptions options, CancellationToken ct)
    {
        if (!Directory.Exists(options.StorageDirectory))
        {
            throw new StartupException($"There is no storage in {options.DataDirectory}: name the server's own directory with --data-dir or HARBOR_DATA_DIR.");
        }

        var postgres = options.Database is null
            ? new EmbeddedPostgres(new EmbeddedPostgresOptions { Directory = options.DatabaseDirectory, PoolSize = Connections }, TimeProvider.System)
            : null;
        var address = postgres?.Address ?? ExternalDatabase.Address(options.Database!, options.DatabaseListen);
        var collection = new ServiceCollection();
        collection.AddLogging(logging => logging.AddSimpleConsole(console => console.SingleLine = true)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning));
        collection.AddPlatform(options, new DatabaseAddress(Patient(address.Pooled), Patient(address.Listener)));
        collection.AddContent();
        collection.AddFsck();
        var host = new FsckHost(collection.BuildServiceProvider(), postgres);
        try
        {
            await host.ConnectAsync(ct);
            await host.services.GetRequiredService<SchemaMigrations>().CheckAsync(ct);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        if (postgres is not null)
        {
            await postgres.DisposeAsync();
        }
    }

    private async Task ConnectAsync(CancellationToken ct)
    {
        // A server that runs here may have begun a moment ago.
        var joined = postgres is not null && !await postgres.JoinAsync(services.GetRequiredService<ILogger<EmbeddedPostgres>>(), ct);
        var deadline = TimeProvider.System.GetUtcNow() + (joined ? Patience : TimeSpan.Zero);
        while (true)
        {
            try
            {
                await using var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(ct);
                return;
            }
            catch (NpgsqlException e) when (e is PostgresException { IsTransient: false } || TimeProvider.System.GetUtcNow() >= deadline)
            {
                throw new StartupException($"The database cannot be reached: {(e.InnerException is { } inner ? $"{e.Message}: {inner.Message}" : e.Message)}", e);
            }
            catch (NpgsqlException)
            {
                await Task.Delay(Pause, TimeProvider.System, ct);
            }
        }
    }

    private static Secret Patient(Secret connection) =>
        new(new NpgsqlConnectionStringBuilder(connection.Reveal()) { CommandTimeout = CommandSeconds }.ConnectionString);
}
