using Harbor.Modules.Access;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.Identity;

/// <summary>Users, their passwords and how they sign in.</summary>
public static class IdentityModule
{
    public static IServiceCollection AddIdentity(this IServiceCollection services) => services
        .AddSingleton<Accounts>()
        .AddSingleton<PasswordVerifier>()
        .AddSingleton<SignInLock>()
        .AddSingleton(provider => new SignIns(
            provider.GetRequiredService<Accounts>().FindAsync,
            provider.GetRequiredService<PasswordVerifier>(),
            provider.GetRequiredService<SignInLock>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IAuthenticator, BasicAuthenticator>();
}
