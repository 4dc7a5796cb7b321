using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.Access;

/// <summary>Who is calling, and what that caller may do. A handler may take it as a parameter.</summary>
public abstract class SecurityContext
{
    /// <summary>Name for messages and records; empty for an anonymous caller.</summary>
    public abstract string Name { get; }

    /// <summary>Name in records of what was done: that of an anonymous caller is <c>anonymous</c>.</summary>
    public string RecordedName => Name.Length > 0 ? Name : "anonymous";

    public abstract bool IsAuthenticated { get; }

    /// <summary>May do everything but <see cref="AccessAction.ScannerPull"/>.</summary>
    public virtual bool IsSystemAdmin => false;

    /// <summary>Row of the user who is calling; null for robots, tokens and anonymous callers.</summary>
    public virtual long? UserId => null;

    /// <summary>Administrator by the word of the system that he signed in at, whatever his row says.</summary>
    public virtual bool IsAdminBySignIn => false;

    /// <summary>Roles by project, own and by groups; projects without one are absent. Only users have any.</summary>
    public virtual ValueTask<IReadOnlyDictionary<long, IReadOnlyList<Role>>> RolesAsync(CancellationToken ct) =>
        ValueTask.FromResult<IReadOnlyDictionary<long, IReadOnlyList<Role>>>(FrozenDictionary<long, IReadOnlyList<Role>>.Empty);

    /// <summary>Permission in the system namespace.</summary>
    public abstract bool Can(Resource resource, AccessAction action);

    /// <summary>Permission in one project, what its being public grants to everybody included.</summary>
    public abstract ValueTask<bool> CanAsync(ProjectInfo project, Resource resource, AccessAction action, CancellationToken ct);

    /// <summary>Lets the framework pass the caller to a handler.</summary>
    public static ValueTask<SecurityContext?> BindAsync(HttpContext http) => ValueTask.FromResult<SecurityContext?>(http.Security());
}
