using Harbor.Modules.Access;
using Harbor.Modules.Identity;
using Harbor.Modules.Projects;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.Robots;

/// <summary>Robot accounts: who signs in where no person does.</summary>
public static class RobotsModule
{
    public static IServiceCollection AddRobots(this IServiceCollection services) => services
        .AddSingleton<RobotDirectory>()
        .AddSingleton(provider => new RobotLogins(
            provider.GetRequiredService<RobotDirectory>().FindAsync,
            provider.GetRequiredService<SignInGuard>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IAuthenticator, RobotAuthenticator>()
        .AddSingleton<RobotAccounts>()
        .AddSingleton<RobotListing>()
        .AddSingleton<RobotGate>()
        .AddSingleton<IProjectDeparture, ProjectRobots>();

    public static void MapRobotsModule(this RouteGroupBuilder api) => api.MapRobots();
}
