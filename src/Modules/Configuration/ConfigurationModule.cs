using Harbor.Modules.Access;
using Harbor.Modules.Access.Tokens;
using Harbor.Platform;
using Harbor.Platform.Data;
using Harbor.Platform.Events;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.Configuration;

/// <summary>Settings that are changed while the server runs.</summary>
public static class ConfigurationModule
{
    public static IServiceCollection AddConfiguration(this IServiceCollection services) => services
        .AddSingleton<SettingVault>()
        .AddSingleton(provider => new Settings(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<ChangeFeed>(), provider.GetRequiredService<SettingVault>()))
        .AddSingleton<ConfigurationChanges>()
        .AddSingleton<ConfigurationView>()
        .AddSingleton<IFirstStart, ConfigurationStart>()
        .AddSingleton<TokenLifetime>(provider => provider.GetRequiredService<Settings>().TokenLifetimeAsync)
        .AddSingleton<ReadOnlyMode>(provider => provider.GetRequiredService<Settings>().ReadOnlyAsync);

    public static void MapConfigurationModule(this RouteGroupBuilder api) => api.MapConfiguration();
}
