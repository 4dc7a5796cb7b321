using Harbor.Modules.Access.Auditing;
using Harbor.Modules.Access.Internal;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Access;

/// <summary>Checks what the matched endpoint requires before its handler sees anything of the request.</summary>
internal sealed class AuthorizationMiddleware(RequestDelegate next, IProjectDirectory projects)
{
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
        var given = ProjectRoute.Given(http)
            ?? throw new InvalidOperationException($"{http.GetEndpoint()?.DisplayName} requires a permission in a project, but its route names none.");
        var project = await ProjectRoute.FindAsync(http, given, projects, ct) ?? throw AccessErrors.NoSuchProject(security, given);
        http.Features.Set(new NamedProject(project));
        http.Features.Set(await ProjectScope.FindAsync(security, project, requirement.Resource, requirement.Action, ct)
            ?? throw AccessErrors.Refused(security));
    }
}
