using Harbor.Modules.Access;
using Harbor.Modules.Configuration;
using Harbor.Modules.Identity.Groups;
using Harbor.Modules.Identity.Sessions;
using Harbor.Platform;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.Identity;

/// <summary>Users, their groups and passwords, and how they sign in.</summary>
public static class IdentityModule
{
    public static IServiceCollection AddIdentity(this IServiceCollection services) => services
        .AddSingleton<Accounts>()
        .AddSingleton(new PasswordOptions())
        .AddSingleton<PasswordVerifier>()
        .AddSingleton<SignInGuard>()
        .AddSingleton(provider => new SignIns(
            provider.GetRequiredService<Accounts>().FindAsync,
            provider.GetRequiredService<PasswordVerifier>(),
            provider.GetRequiredService<SignInGuard>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IAuthenticator, BasicAuthenticator>()
        .AddSingleton<SessionStore>()
        .AddSingleton<IAuthenticator, SessionAuthenticator>()
        .AddSingleton<Users>()
        .AddSingleton<UserGroups>()
        .AddSingleton<UserGroupListing>()
        .AddSingleton<IUserPresence, UserPresence>()
        .AddSingleton<UserListing>()
        .AddSingleton<Registrations>()
        .AddSingleton<PasswordChanges>()
        .AddSingleton<IFirstStart, AdminPasswordStart>();

    /// <summary>The management API's operations on users and user groups.</summary>
    public static void MapIdentity(this RouteGroupBuilder api)
    {
        api.MapUsers();
        api.MapUserGroups();
    }

    /// <summary>Outside the API's base path, as Harbor has it.</summary>
    public static void MapAdminRenaming(this IEndpointRouteBuilder routes) => routes.MapRenameAdmin();

    /// <summary>The portal's own addresses under <c>/c</c>.</summary>
    public static void MapSignIn(this IEndpointRouteBuilder routes) => routes.MapSessions();
}
