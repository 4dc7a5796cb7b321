using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.Immutability;

/// <summary>Rules that keep tags from being moved or deleted. The Artifacts module obeys them.</summary>
public static class ImmutabilityModule
{
    public static IServiceCollection AddImmutability(this IServiceCollection services) => services
        .AddSingleton<ImmutabilityDirectory>()
        .AddSingleton<RuleChanges>();

    public static void MapImmutability(this RouteGroupBuilder api) => api.MapRules();
}
