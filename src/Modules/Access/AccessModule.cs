using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Access;

/// <summary>Who is calling, and whether he may: authentication and the permission that each route names.</summary>
public static class AccessModule
{
    // A request under these is an API call; everything else is the portal, which is public.
    private static readonly string[] Guarded = ["/api", "/c", "/service"];

    /// <summary>Authenticates and authorizes every request. Comes after routing and before the endpoints.</summary>
    public static IApplicationBuilder UseAccess(this IApplicationBuilder app) => app
        .UseMiddleware<AuthenticationMiddleware>()
        .UseMiddleware<AuthorizationMiddleware>();

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

    private static bool IsGuarded(RouteEndpoint endpoint)
    {
        var path = new PathString("/" + endpoint.RoutePattern.RawText?.TrimStart('/'));
        return Array.Exists(Guarded, root => path.StartsWithSegments(root, StringComparison.OrdinalIgnoreCase));
    }
}
