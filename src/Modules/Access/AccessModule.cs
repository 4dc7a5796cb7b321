using Harbor.Modules.Access.Auditing;
using Harbor.Modules.Access.Csrf;
using Harbor.Modules.Access.Internal;
using Harbor.Modules.Access.Tokens;
using Harbor.Platform;
using Harbor.Platform.Security;
using Harbor.Platform.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Harbor.Modules.Access;

/// <summary>Who is calling, and whether he may: authentication and the permission that each route names.</summary>
public static class AccessModule
{
    // A request under these is an API call; everything else is the portal, which is public.
    private static readonly string[] Guarded = ["/api", "/c", "/service"];

    public static IServiceCollection AddAccess(this IServiceCollection services) => services
        .AddSingleton(provider => new SigningKeys(provider.GetRequiredService<HarborOptions>(), Keeper(provider, SigningKeys.SecretName)))
        .AddSingleton<IFirstStart>(provider => provider.GetRequiredService<SigningKeys>())
        .AddSingleton(provider => new CsrfKey(provider.GetRequiredService<HarborOptions>(), Keeper(provider, CsrfKey.SecretName)))
        .AddSingleton<IFirstStart>(provider => provider.GetRequiredService<CsrfKey>())
        .AddSingleton<CsrfTokens>()
        .AddSingleton<VerifiedTokens>()
        .AddSingleton<TokenIssuer>()
        .AddSingleton<IAuthenticator, InternalAuthenticator>()
        .AddSingleton<IAuthenticator, TokenAuthenticator>()
        .AddSingleton<Challenges>()
        .AddSingleton<HeldPermissions>();

    /// <summary>Checks CSRF tokens, authenticates, refuses changes while read-only, and authorizes every request. Comes after routing and before the endpoints.</summary>
    public static IApplicationBuilder UseAccess(this IApplicationBuilder app) => app
        .UseMiddleware<CsrfMiddleware>()
        .UseMiddleware<AuthenticationMiddleware>()
        .UseMiddleware<AuditedMiddleware>()
        .UseMiddleware<ReadOnlyMiddleware>()
        .UseMiddleware<AuthorizationMiddleware>();

    /// <summary>The registry's token service.</summary>
    public static void MapTokenService(this IEndpointRouteBuilder routes) => routes.MapTokens();

    /// <summary>The management API's operations on permissions.</summary>
    public static void MapAccess(this RouteGroupBuilder api) => api.MapPermissions();

    /// <summary>Refuses to serve an API endpoint that forgot to say who may call it. Comes after everything is mapped.</summary>
    /// <exception cref="InvalidOperationException">Such an endpoint exists; the message names each.</exception>
    public static void CheckThatEveryEndpointIsGuarded(this IEndpointRouteBuilder app)
    {
        var open = app.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => IsGuarded(endpoint) && endpoint.Metadata.GetMetadata<AccessRequirement>() is null)
            .Select(endpoint => endpoint.DisplayName)
            .ToList();
        if (open.Count > 0)
        {
            throw new InvalidOperationException($"These endpoints do not say who may call them: {string.Join("; ", open)}.");
        }
    }

    private static Func<Func<byte[]>, CancellationToken, Task<byte[]>> Keeper(IServiceProvider provider, string name) =>
        (make, ct) => provider.GetRequiredService<InstanceSecrets>().GetOrCreateAsync(name, make, ct);

    private static bool IsGuarded(RouteEndpoint endpoint)
    {
        var path = new PathString("/" + endpoint.RoutePattern.RawText?.TrimStart('/'));
        return Array.Exists(Guarded, root => path.StartsWithSegments(root, StringComparison.OrdinalIgnoreCase));
    }
}
