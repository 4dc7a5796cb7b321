using Harbor.Modules.Access.Auditing;
using Harbor.Modules.Access.Internal;
using Harbor.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Access;

/// <summary>Checks what the matched endpoint requires before its handler sees anything of the request.</summary>
internal sealed class AuthorizationMiddleware(RequestDelegate next, IProjectDirectory projects)
{
    private const string NameHeader = "X-Is-Resource-Name";

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint() is { } endpoint)
        {
            foreach (var requirement in endpoint.Metadata.GetOrderedMetadata<AccessRequirement>())
            {
                await CheckAsync(http, requirement);
            }
        }

        await next(http);
    }

    private async ValueTask CheckAsync(HttpContext http, AccessRequirement requirement)
    {
        var security = http.Security();
        switch (requirement)
        {
            case AccessRequirement.Authenticated when !security.IsAuthenticated:
                throw AccessErrors.Unauthorized();

            case AccessRequirement.Internal when security is not InternalContext { IsAuthenticated: true }:
                throw AccessErrors.Unauthorized();

            case AccessRequirement.InSystem system when !security.Can(system.Resource, system.Action):
                throw AccessErrors.RefusedInSystem(security);

            case AccessRequirement.InProject project:
                await EnterAsync(http, security, project);
                break;
        }
    }

    private async ValueTask EnterAsync(HttpContext http, SecurityContext security, AccessRequirement.InProject requirement)
    {
        var ct = http.RequestAborted;
        var project = await ResolveAsync(http, security, ct);
        http.Features.Set(new NamedProject(project));
        http.Features.Set(await ProjectScope.FindAsync(security, project, requirement.Resource, requirement.Action, ct)
            ?? throw AccessErrors.Refused(security));
    }

    private async ValueTask<ProjectInfo> ResolveAsync(HttpContext http, SecurityContext security, CancellationToken ct)
    {
        var byName = http.GetRouteValue("project_name") as string;
        var given = byName ?? http.GetRouteValue("project_name_or_id") as string
            ?? throw new InvalidOperationException($"{http.GetEndpoint()?.DisplayName} requires a permission in a project, but its route names none.");
        if (given.Contains(' ', StringComparison.Ordinal))
        {
            throw AccessErrors.InvalidProjectName(given);
        }

        var isName = byName is not null || LooseBoolean.IsTrue(http.Request.Headers[NameHeader]) || given.AsSpan().ContainsAnyExceptInRange('0', '9');
        var found = isName ? await projects.FindAsync(given, ct)
            : long.TryParse(given, out var id) ? await projects.FindAsync(id, ct) : null;
        return found ?? throw AccessErrors.NoSuchProject(security, given);
    }
}
