using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Harbor.Platform.Data;

/// <summary>Where the entities are: assemblies with <see cref="IEntityTypeConfiguration{TEntity}"/> classes.</summary>
internal sealed record EntityAssemblies(IReadOnlyList<Assembly> Assemblies);

public static class RegistryDbContextRegistration
{
    /// <summary>Registers <see cref="RegistryDbContext"/>, pooled, on the application's one <see cref="NpgsqlDataSource"/>.</summary>
    public static IServiceCollection AddRegistryDbContext(this IServiceCollection services, params Assembly[] entityAssemblies) => services
        .AddSingleton(new EntityAssemblies(entityAssemblies))
        .AddDbContextPool<RegistryDbContext>((provider, options) => options
            .UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>())
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking));
}
