using Harbor.Distribution;
using Harbor.Modules;
using Harbor.Modules.Access;
using Harbor.Platform;
using Harbor.Platform.Data;
using Harbor.Platform.Data.Embedded;
using Harbor.Platform.Security;
using Harbor.Platform.Settings;
using Harbor.Server.DevCenter;
using Harbor.Server.Landing;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration.Memory;
using Npgsql;

namespace Harbor.Server;

/// <summary>One running Harbor: its database, its services and its HTTP server.</summary>
public sealed class HarborServer : IAsyncDisposable
{
    public const string DefaultUrl = "http://localhost:8080";

    private readonly WebApplication app;
    private readonly EmbeddedPostgres? postgres;

    private HarborServer(WebApplication app, EmbeddedPostgres? postgres) => (this.app, this.postgres) = (app, postgres);

    public IServiceProvider Services => app.Services;

    /// <summary>Addresses it listens on, with the real port where 0 was asked for.</summary>
    public IReadOnlyList<string> Urls => [.. app.Urls];

    /// <summary>Completes when the server stops, asked to or because a background service failed.</summary>
    public Task Stopping
    {
        get
        {
            var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            app.Lifetime.ApplicationStopping.Register(stopping.SetResult);
            return stopping.Task;
        }
    }

    /// <summary>Starts everything, in this order: database, schema, first-start work, background services, requests.</summary>
    /// <param name="urls">Addresses to listen on, separated by semicolons; null: <c>ASPNETCORE_URLS</c>, else <see cref="DefaultUrl"/>.</param>
    /// <param name="overrides">Replaces services; for tests.</param>
    /// <exception cref="StartupException">The operator has to do something; the message says what.</exception>
    public static async Task<HarborServer> StartAsync(HarborOptions options, string? urls, Action<IServiceCollection>? overrides, CancellationToken ct)
    {
        DataDirectory.Prepare(options);
        var postgres = options.Database is null
            ? new EmbeddedPostgres(new EmbeddedPostgresOptions { Directory = options.DatabaseDirectory }, TimeProvider.System)
            : null;
        var address = postgres?.Address ?? ExternalDatabase.Address(options.Database!, options.DatabaseListen);
        var server = new HarborServer(Build(options, address, urls, overrides), postgres);
        try
        {
            await server.StartAsync(ct);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes no new connections, lets running requests end within the shutdown time-out, then ends the rest.</summary>
    /// <param name="hurry">Ends the running requests at once.</param>
    public async Task StopAsync(CancellationToken hurry)
    {
        var logger = Services.GetRequiredService<ILogger<HarborServer>>();
        var timeout = Services.GetRequiredService<HarborOptions>().ShutdownTimeout;
        Log.Draining(logger, timeout);
        await app.StopAsync(hurry);
        Log.Stopped(logger);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        if (postgres is not null)
        {
            await postgres.DisposeAsync();
        }
    }

    private static WebApplication Build(HarborOptions options, DatabaseAddress address, string? urls, Action<IServiceCollection>? overrides)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Logging.Defaults });
        builder.Logging.AddConsoleOf(terminal: !Console.IsOutputRedirected);
        builder.WebHost.UseKestrelHttpsConfiguration();
        var addresses = urls ?? builder.Configuration[WebHostDefaults.ServerUrlsKey] ?? DefaultUrl;
        builder.WebHost.ConfigureKestrel(kestrel => HttpServer.Configure(kestrel, addresses, builder.Configuration));

        // Signals are the program's, not the host's.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
        builder.Services.AddRouting();
        builder.Services.AddPlatform(options, address);
        builder.Services.AddModules();
        builder.Services.AddDistribution();
        overrides?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseTrustedProxies(options);
        app.Use(EdgeHeaders.AddAsync);
        app.Use(LandingPage.DescribeMissAsync);
        app.UseModules();
        app.Use(HttpServer.LimitBodyAsync);   // looks at the path, which is clean by now
        app.UseDistribution();
        app.UseRouting();
        app.UseAccess();
        app.MapModules();
        app.MapDistribution();
        app.MapLandingPage();
        app.MapDevCenter();
        return app;
    }

    private async Task StartAsync(CancellationToken ct)
    {
        if (postgres is not null)
        {
            await postgres.StartAsync(Services.GetRequiredService<ILogger<EmbeddedPostgres>>(), ct);
        }
        else
        {
            var logger = Services.GetRequiredService<ILogger<HarborServer>>();
            var options = Services.GetRequiredService<HarborOptions>();
            if (Directory.Exists(options.DatabaseDirectory))
            {
                Log.EmbeddedDatabaseUnused(logger, options.DatabaseDirectory);
            }

            await ExternalDatabase.WaitAsync(Services.GetRequiredService<NpgsqlDataSource>(), TimeProvider.System, logger, ct);
        }

        await Services.GetRequiredService<SchemaMigrations>().ApplyAsync(ct);
        await Services.GetRequiredService<InstanceSecrets>().CheckKeyAsync(ct);
        await Services.GetRequiredService<InstanceMarker>().EnsureAsync(ct);
        foreach (var work in Services.GetServices<IFirstStart>())
        {
            await work.RunAsync(ct);
        }

        try
        {
            await app.StartAsync(ct);
        }
        catch (Exception e)
        {
            // The background services run already, and need what is going to be disposed.
            await app.StopAsync(CancellationToken.None);
            if (e is IOException { InnerException: AddressInUseException })
            {
                throw new StartupException($"The address is taken: {e.Message} Choose another with --urls.", e);
            }

            throw;
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
