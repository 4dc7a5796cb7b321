using System.Globalization;
using Harbor.Contracts;

namespace Harbor.Modules.Access;

/// <summary>Tells a caller what he may do, for the portal to show what it can offer.</summary>
public sealed class HeldPermissions(IProjectDirectory projects)
{
    private const string SystemScope = "/system";
    private const string ProjectScopePrefix = "/project/";

    /// <summary>What the caller may do in <c>/system</c> or <c>/project/&lt;id&gt;</c>; nothing in any other scope.</summary>
    /// <param name="relative">Names resources as seen from the scope, the scope itself as <c>.</c></param>
    public async Task<IReadOnlyList<PermissionDto>> ListAsync(SecurityContext caller, string scope, bool relative, CancellationToken ct)
    {
        var held = new List<Permission>();
        if (scope == SystemScope)
        {
            held.AddRange(SystemPolicies.Enumerated.Where(permission => caller.Can(permission.Resource, permission.Action)));
        }
        else if (await FindAsync(scope, ct) is { } project)
        {
            foreach (var permission in RolePolicies.All)
            {
                if (await caller.CanAsync(project, permission.Resource, permission.Action, ct))
                {
                    held.Add(permission);
                }
            }
        }

        return [.. held
            .Select(permission => new PermissionDto { Resource = Name(scope, permission.Resource, relative), Action = permission.Action.Text })
            .OrderBy(permission => permission.Resource, StringComparer.Ordinal).ThenBy(permission => permission.Action, StringComparer.Ordinal)];
    }

    private async ValueTask<ProjectInfo?> FindAsync(string scope, CancellationToken ct) =>
        scope.StartsWith(ProjectScopePrefix, StringComparison.Ordinal)
        && long.TryParse(scope.AsSpan(ProjectScopePrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? await projects.FindAsync(id, ct)
            : null;

    private static string Name(string scope, Resource resource, bool relative) => (relative, resource == Resource.Self) switch
    {
        (true, true) => ".",
        (true, false) => resource.Text,
        (false, true) => scope,
        (false, false) => $"{scope}/{resource}",
    };
}
