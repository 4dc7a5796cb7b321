using Harbor.Modules.Access.Tokens;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.Configuration;

/// <summary>Settings that are changed while the server runs.</summary>
public static class ConfigurationModule
{
    public static IServiceCollection AddConfiguration(this IServiceCollection services) => services
        .AddSingleton<Settings>()
        .AddSingleton<TokenLifetime>(provider => provider.GetRequiredService<Settings>().TokenLifetimeAsync);
}
