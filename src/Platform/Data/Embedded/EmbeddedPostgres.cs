using Harbor.Platform.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Harbor.Platform.Data.Embedded;

/// <summary>The private PostgreSQL server: made at the first start, run as our child, started again when it ends by itself.</summary>
/// <remarks>It answers on a Unix socket in its data directory, which only its owner may enter; nothing listens on the network.</remarks>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    public const string DatabaseName = "harbor";

    /// <summary><c>sockaddr_un</c> holds 108 bytes, the last of them zero.</summary>
    private const int MaxSocketPathBytes = 107;
    private const string SocketName = ".s.PGSQL.5432";

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    private readonly EmbeddedPostgresOptions options;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource stopping = new();
    private readonly string directory;
    private readonly int heldDirectory = -1;

    private ILogger logger = NullLogger.Instance;
    private DataDirectoryLock? directoryLock;
    private PostgresBinaries? binaries;
    private PostgresAccount? account;
    private volatile Postmaster? postmaster;
    private Task supervision = Task.CompletedTask;

    /// <exception cref="StartupException">The data directory cannot be made.</exception>
    public EmbeddedPostgres(EmbeddedPostgresOptions options, TimeProvider clock)
    {
        (this.options, this.clock) = (options, clock);
        var parent = Path.GetDirectoryName(Path.GetFullPath(options.Directory))!;
        try
        {
            Directory.CreateDirectory(parent);
            directory = Path.Combine(Posix.RealPath(parent), Path.GetFileName(options.Directory));
            directory = Directory.Exists(directory) ? Posix.RealPath(directory) : directory;
            SocketDirectory = directory;

            // Npgsql takes a comma for the end of a host's name.
            if (System.Text.Encoding.UTF8.GetByteCount(Path.Combine(directory, SocketName)) > MaxSocketPathBytes || directory.Contains(','))
            {
                heldDirectory = Posix.HoldDirectory(Path.GetDirectoryName(directory)!);
                SocketDirectory = $"/proc/self/fd/{heldDirectory}/{Path.GetFileName(directory)}";
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data directory {parent} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Where connections go; a short way through <c>/proc</c> when the data directory's own path is too long for a socket.</summary>
    public string SocketDirectory { get; }

    /// <summary>Process number of the server; 0 while there is none.</summary>
    public int ProcessId => postmaster is { Exited.IsCompleted: false } running ? running.ProcessId : 0;

    public DatabaseAddress Address
    {
        get
        {
            var secret = new Secret(ConnectionString(DatabaseName));
            return new DatabaseAddress(secret, secret);
        }
    }

    /// <summary>Npgsql connection string for one of its databases.</summary>
    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = SocketDirectory,
        Port = 5432,
        Username = PostgresCluster.User,
        Database = database,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
        MaxPoolSize = options.PoolSize,
        ConnectionIdleLifetime = 60,
        MaxAutoPrepare = 100,
        AutoPrepareMinUsages = 2,
        ApplicationName = "harbor",
    }.ConnectionString;

    /// <summary>Makes the database if there is none, ends what an earlier run left, starts the server and waits until it answers.</summary>
    /// <exception cref="StartupException">Another server holds the directory, it is damaged or of a newer version, or nothing can run it.</exception>
    public Task StartAsync(ILogger<EmbeddedPostgres> log, CancellationToken ct)
    {
        directoryLock = DataDirectoryLock.Take(directory + ".lock");
        return StartHeldAsync(log, ct);
    }

    /// <summary>Starts the server, unless another process runs it: then <see cref="Address"/> leads to that one, which may just be coming up.</summary>
    /// <returns>Whether this process runs it.</returns>
    /// <exception cref="StartupException">There is no database yet, it is damaged or of a newer version, or nothing can run it.</exception>
    public async Task<bool> JoinAsync(ILogger<EmbeddedPostgres> log, CancellationToken ct)
    {
        if (!Directory.Exists(directory))
        {
            throw new StartupException($"There is no database in {directory}.");
        }

        directoryLock = DataDirectoryLock.TryTake(directory + ".lock");
        if (directoryLock is null)
        {
            return false;
        }

        if (new PostgresCluster(directory, log).FindMajor() is null)
        {
            throw new StartupException($"There is no database in {directory}.");
        }

        await StartHeldAsync(log, ct);
        return true;
    }

    /// <summary>Stops the server cleanly. Safe to call twice.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!stopping.IsCancellationRequested)
        {
            await stopping.CancelAsync();
            await supervision;
            if (postmaster is { } running)
            {
                await running.StopAsync();
            }

            directoryLock?.Dispose();
            if (heldDirectory >= 0)
            {
                Posix.Release(heldDirectory);
            }

            stopping.Dispose();
        }
    }

    /// <summary>Ends the server without waiting, as a crash would. For a process that is about to end and keeps nothing.</summary>
    internal void Abandon()
    {
        stopping.Cancel();
        if (ProcessId is > 0 and var id)
        {
            Posix.Signal(id, Posix.Quit);
        }
    }

    private async Task StartHeldAsync(ILogger<EmbeddedPostgres> log, CancellationToken ct)
    {
        logger = log;
        var cluster = new PostgresCluster(directory, logger);
        try
        {
            var major = cluster.FindMajor();
            binaries = PostgresBinaries.Choose(options.Binaries ?? PostgresBinaries.Discover(), major, directory);
            account = await PostgresAccount.ChooseAsync(directory, binaries, ct);
            if (major is null)
            {
                await cluster.InitializeAsync(binaries, account, durable: options.Settings.GetValueOrDefault("fsync") != "off", ct);
            }

            if (account.Owner is { } owner && Posix.Owner(directory) != owner)
            {
                account.Give(directory);
            }

            cluster.Configure(binaries.Major, options.Settings, account);
            await RunAsync(ct);
            await EnsureDatabaseAsync(ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The database directory {directory} cannot be used: {e.Message}", e);
        }

        supervision = SuperviseAsync();
    }

    private async Task RunAsync(CancellationToken ct)
    {
        await LeftoverServer.StopAsync(directory, clock, logger, ct);
        postmaster = await Postmaster.StartAsync(directory, binaries!, account!, clock, logger, ct);
        Log.ServerReady(logger, binaries!.Major, postmaster.ProcessId, directory);
    }

    private async Task EnsureDatabaseAsync(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(ConnectionString("postgres")) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        await using var look = new NpgsqlCommand($"SELECT 1 FROM pg_database WHERE datname = '{DatabaseName}'", connection);
        if (await look.ExecuteScalarAsync(ct) is null)
        {
            await using var create = new NpgsqlCommand($"CREATE DATABASE {DatabaseName}", connection);
            await create.ExecuteNonQueryAsync(ct);
        }
    }

    private async Task SuperviseAsync()
    {
        var delay = FirstDelay;
        try
        {
            while (true)
            {
                var begun = clock.GetTimestamp();
                var exitCode = await postmaster!.Exited.WaitAsync(stopping.Token);
                delay = clock.GetElapsedTime(begun) > LongestDelay ? FirstDelay : delay;
                Log.ServerLost(logger, exitCode, (int)delay.TotalMilliseconds);
                await Task.Delay(delay, clock, stopping.Token);
                delay = TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, LongestDelay.Ticks));
                try
                {
                    await RunAsync(stopping.Token);
                }
                catch (Exception e) when (e is StartupException or IOException or UnauthorizedAccessException)
                {
                    Log.RestartFailed(logger, e.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Being stopped.
        }
    }
}
