using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Access.Auditing;
using Harbor.Modules.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Identity.Sessions;

/// <summary>What the portal needs to sign people in and out. Refusals have no body, as in Harbor.</summary>
internal static class SessionEndpoints
{
    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/c/login", SignInAsync).AllowAnyone().AllowWhileReadOnly().Audited("login", "user", AuditSubjects.Form("principal"));
        routes.MapGet("/c/log_out", SignOutAsync).AllowAnyone();
        routes.MapPost("/c/userExists", UserExistsAsync).AllowAnyone().AllowWhileReadOnly();
    }

    private static async Task<IResult> SignInAsync(
        HttpContext http, Accounts accounts, SignIns signIns, SessionStore sessions, Challenges addresses, CancellationToken ct)
    {
        var form = await Forms.ReadAsync(http, ct);
        var principal = form["principal"].ToString();
        if (await accounts.IsForSingleSignOnAsync(principal, ct))
        {
            return TypedResults.Json(
                new OidcRedirectDto { RedirectLocation = $"{addresses.AddressFor(http.Request)}/c/oidc/login" },
                HarborJson.TypeInfo<OidcRedirectDto>(), statusCode: StatusCodes.Status403Forbidden);
        }

        if (await signIns.TryAsync(principal, form["password"].ToString(), SignInOrigin.Of(http), ct) is not { } account)
        {
            return TypedResults.Unauthorized();
        }

        if (SessionCookie.Find(http.Request) is { } old)
        {
            await sessions.EndAsync(old, signsOut: false, ct);
        }

        // A new value, whoever set the old one: nobody knows it but this browser.
        return await sessions.StartAsync(SessionCookie.Issue(http), account.SignedIn, principal, ct) ? TypedResults.Ok() : TypedResults.Unauthorized();
    }

    private static async Task<Ok> SignOutAsync(HttpContext http, SessionStore sessions, CancellationToken ct)
    {
        if (SessionCookie.Find(http.Request) is { } cookie)
        {
            await sessions.EndAsync(cookie, signsOut: true, ct);
            SessionCookie.Remove(http);
        }

        return TypedResults.Ok();
    }

    private static async Task<IResult> UserExistsAsync(HttpContext http, SecurityContext caller, Users users, Settings settings, CancellationToken ct)
    {
        if (!caller.IsSystemAdmin && !await settings.SelfRegistrationAsync(ct))
        {
            return TypedResults.Text("self registration is off", statusCode: StatusCodes.Status412PreconditionFailed);
        }

        var form = await Forms.ReadAsync(http, ct);
        var exists = await users.ExistsAsync(form["target"].ToString(), form["value"].ToString(), ct);
        return TypedResults.Text(exists ? "true" : "false", "application/json; charset=utf-8");
    }
}
