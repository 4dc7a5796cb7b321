using Harbor.Distribution.Routing;
using Harbor.Modules.Access;
using Harbor.Modules.Artifacts;
using Harbor.Oci;
using Microsoft.AspNetCore.Http;

namespace Harbor.Distribution;

/// <summary>Lets a request to a repository in, or refuses it as Harbor does: with 401 and a challenge, whatever is wrong.</summary>
internal sealed class RegistryGate(IProjectDirectory projects, Refusals refusals)
{
    /// <summary>The repository that the request may touch.</summary>
    /// <exception cref="RegistryException"><c>UNAUTHORIZED</c>; <c>BAD_REQUEST</c>: the name has no project.</exception>
    public async ValueTask<RegistryRequest> EnterAsync(HttpContext http, AccessAction action)
    {
        var path = http.Features.Get<RegistryPath>() ?? throw new InvalidOperationException("The path of this request was not parsed.");
        if (!path.Name.HasProject)
        {
            throw new RegistryException(ErrorCode.BadRequest, $"bad request: invalid repository name: {path.Name}");
        }

        // Even for a public project: docker asks for a token only when it is challenged.
        var method = http.Request.Method;
        if (http.Request.Headers.Authorization.Count == 0 && (HttpMethods.IsGet(method) || HttpMethods.IsHead(method)))
        {
            throw refusals.Challenge(http, "authorize header needed to send HEAD to repository", Challenges.Scope(path.Name, action));   // Harbor's words to GET, too
        }

        if (await projects.FindAsync(path.Name.Project, http.RequestAborted) is not { } project)
        {
            throw Refusals.Plain(http, Refusal(path.Name, action));
        }

        var scope = await RepositoryScope.AuthorizeAsync(http.Security(), project, path.Name, action, http.RequestAborted)
            ?? throw refusals.Challenge(http, Refusal(path.Name, action), Challenges.Scope(path.Name, action));
        http.Response.Headers[RegistryHeaders.ApiVersion] = RegistryHeaders.ApiVersionValue;
        return new RegistryRequest(http, scope, path.Reference);
    }

    /// <summary>The repository to mount from, if it exists and the caller may pull from it; null otherwise.</summary>
    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>: <paramref name="from"/> names no project.</exception>
    public async ValueTask<RepositoryScope?> FindMountSourceAsync(RegistryRequest request, string from)
    {
        if (!RepositoryName.TryParse(from, out var name) || !name.HasProject)
        {
            throw new RegistryException(ErrorCode.BadRequest, $"bad request: invalid repository name: {from}");
        }

        return await projects.FindAsync(name.Project, request.Ct) is { } project
            ? await RepositoryScope.AuthorizeAsync(request.Scope.Caller, project, name, AccessAction.Pull, request.Ct)
            : null;
    }

    private static string Refusal(RepositoryName name, AccessAction action) => $"unauthorized to access repository: {name}, action: {action}";
}
