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
        routes.MapPost("/c/login", SignInAsync).AllowAnyone().Audited("login", "user", AuditSubjects.Form("principal"));
        routes.MapGet("/c/log_out", SignOutAsync).AllowAnyone();
        routes.MapPost("/c/userExists", UserExistsAsync).AllowAnyone();
    }

    private static async Task<Results<Ok, UnauthorizedHttpResult>> SignInAsync(HttpContext http, SignIns signIns, SessionStore sessions, CancellationToken ct)
    {
        var form = await Forms.ReadAsync(http, ct);
        var name = form["principal"].ToString();
        if (await signIns.TryAsync(name, form["password"].ToString(), ct) is not { } account)
        {
            return TypedResults.Unauthorized();
        }

        if (SessionCookie.Find(http.Request) is { } old)
        {
            await sessions.EndAsync(old, signsOut: false, ct);
        }

        // A new value, whoever set the old one: nobody knows it but this browser.
        await sessions.StartAsync(SessionCookie.Issue(http), account, name, ct);
        return TypedResults.Ok();
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
