using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Access;

/// <summary>Finds out who sent a request. Bad credentials are no refusal here: the request goes on as an anonymous one.</summary>
internal sealed class AuthenticationMiddleware(RequestDelegate next, IEnumerable<IAuthenticator> authenticators)
{
    private readonly IAuthenticator[] ordered = [.. authenticators.OrderBy(authenticator => authenticator.Step)];

    public async Task InvokeAsync(HttpContext http)
    {
        http.SetSecurity(IsExamined(http) ? await AuthenticateAsync(http) : AnonymousContext.Instance);
        await next(http);
    }

    private async ValueTask<SecurityContext> AuthenticateAsync(HttpContext http)
    {
        foreach (var authenticator in ordered)
        {
            if (await authenticator.AuthenticateAsync(http, http.RequestAborted) is { } security)
            {
                return security;
            }
        }

        return AnonymousContext.Instance;
    }

    // The portal's files need nobody's name; they are most of what a browser asks for.
    private static bool IsExamined(HttpContext http) =>
        http.GetEndpoint() is { } endpoint && endpoint.Metadata.GetMetadata<AccessRequirement.Unexamined>() is null
        && (Under(http, "/v2") || Under(http, "/api") || Under(http, "/c") || Under(http, "/service"));

    private static bool Under(HttpContext http, string root) => http.Request.Path.StartsWithSegments(root, StringComparison.OrdinalIgnoreCase);
}
