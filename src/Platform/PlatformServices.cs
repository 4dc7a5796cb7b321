using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Events;
using Harbor.Platform.Jobs;
using Harbor.Platform.Security;
using Harbor.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Harbor.Platform;

/// <summary>Registers what every module stands on.</summary>
public static class PlatformServices
{
    private const int PreparedStatements = 200;
    private const string LimitWaiting = "SET lock_timeout = '10s'";

    public static IServiceCollection AddPlatform(this IServiceCollection services, HarborOptions options, DatabaseAddress address)
    {
        services.AddSingleton(options);
        services.AddSingleton(address);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(PausePoints.None);
        services.AddSingleton(provider => DataSource(address, provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<Database>();
        services.AddSingleton<SchemaMigrations>();
        services.AddSingleton<InstanceMarker>();
        services.AddSingleton(_ => SecretBox.Open(options));
        services.AddSingleton<InstanceSecrets>();
        services.AddSingleton<ChangeFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<ChangeFeed>());
        services.AddSingleton<OutboxDispatcher>();
        services.AddHostedService(provider => provider.GetRequiredService<OutboxDispatcher>());
        services.AddJobs();
        return services;
    }

    private static NpgsqlDataSource DataSource(DatabaseAddress address, ILoggerFactory loggers)
    {
        var settings = new NpgsqlConnectionStringBuilder(address.Pooled.Reveal())
        {
            // Nothing is kept in a session but the lock time-out, so there is nothing to reset between two uses.
            NoResetOnClose = true,
        };
        if (address.Pooled.Reveal() == address.Listener.Reveal() && settings.MaxAutoPrepare == 0)
        {
            // A session of our own: statements are planned once. Behind a proxy that shares sessions they might be another's.
            settings.MaxAutoPrepare = PreparedStatements;
            settings.AutoPrepareMinUsages = 2;
        }

        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString).UseLoggerFactory(loggers);
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand(LimitWaiting, connection);
                command.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var command = new NpgsqlCommand(LimitWaiting, connection);
                await command.ExecuteNonQueryAsync();
            });
        return builder.Build();
    }
}
