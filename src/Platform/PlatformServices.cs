using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Events;
using Harbor.Platform.Security;
using Harbor.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Harbor.Platform;

/// <summary>Registers what every module stands on.</summary>
public static class PlatformServices
{
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
        return services;
    }

    private static NpgsqlDataSource DataSource(DatabaseAddress address, ILoggerFactory loggers) =>
        new NpgsqlDataSourceBuilder(address.Pooled.Reveal()).UseLoggerFactory(loggers).Build();
}
