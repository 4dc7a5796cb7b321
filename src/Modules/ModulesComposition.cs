using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules;

/// <summary>Every capability of the registry, put together.</summary>
public static class ModulesComposition
{
    public static IServiceCollection AddModules(this IServiceCollection services) => services;

    /// <summary>What wraps every request; the error envelope is outermost.</summary>
    public static IApplicationBuilder UseModules(this IApplicationBuilder app) => app;

    /// <summary>The management API and the token service.</summary>
    public static IEndpointRouteBuilder MapModules(this IEndpointRouteBuilder routes) => routes;
}
