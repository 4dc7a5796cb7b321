using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Access.Auditing;

/// <summary>The project that a request names, found before it is known whether the caller may enter: for records of refusals alone.</summary>
internal sealed record NamedProject(ProjectInfo Project)
{
    /// <summary>Its name; what the route says when there is no such project.</summary>
    public static string? Name(HttpContext http) =>
        http.Features.Get<NamedProject>()?.Project.Name ?? ProjectRoute.Given(http);
}
