using Harbor.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.Access;

/// <summary>The project that a route names, by name or by id.</summary>
internal static class ProjectRoute
{
    private const string NameHeader = "X-Is-Resource-Name";

    /// <summary>What the path says; null when the route names no project.</summary>
    public static string? Given(HttpContext http) => ByName(http) ?? http.GetRouteValue("project_name_or_id") as string;

    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: no project's name has a space.</exception>
    public static async ValueTask<ProjectInfo?> FindAsync(HttpContext http, string given, IProjectDirectory projects, CancellationToken ct)
    {
        if (given.Contains(' ', StringComparison.Ordinal))
        {
            throw AccessErrors.InvalidProjectName(given);
        }

        var isName = ByName(http) is not null || LooseBoolean.IsTrue(http.Request.Headers[NameHeader]) || given.AsSpan().ContainsAnyExceptInRange('0', '9');
        return isName ? await projects.FindAsync(given, ct)
            : long.TryParse(given, out var id) ? await projects.FindAsync(id, ct) : null;
    }

    private static string? ByName(HttpContext http) => http.GetRouteValue("project_name") as string;
}
