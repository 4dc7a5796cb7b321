namespace Harbor.Modules.Access;

/// <summary>Everything that one robot may do. Immutable, so it may be cached.</summary>
/// <remarks>
/// A project's robot acts in its own project, and there whoever may push may pull. A robot of the system has what it was given, place
/// by place, to the letter. What is denied anywhere that counts is denied, whatever else allows it.
/// </remarks>
public sealed class RobotPolicy
{
    private readonly long? home;
    private readonly AccessList system = new();
    private readonly AccessList everywhere = new();
    private readonly Dictionary<long, AccessList> byProject = [];

    /// <param name="home">The project that the robot belongs to; null: it is one of the system.</param>
    public RobotPolicy(long? home, IEnumerable<RobotGrant> grants)
    {
        this.home = home;
        foreach (var grant in grants)
        {
            CoversAllProjects |= grant is { Kind: RobotLevel.Project, ProjectId: null };
            var list = ListOf(grant);
            foreach (var access in grant.Access)
            {
                list.Add(access.In(grant.Kind), access.IsDenied);
            }
        }
    }

    public bool IsOfSystem => home is null;

    /// <summary>Whether it was given something in every project, present and future.</summary>
    public bool CoversAllProjects { get; }

    /// <summary>The projects in which it was given something by name.</summary>
    public IReadOnlyCollection<long> Projects => home is { } id ? [id] : byProject.Keys;

    /// <summary>Whether it may do what everybody may in public projects: not when it is there for the system alone.</summary>
    public bool SeesWhatIsPublic => !IsOfSystem || CoversAllProjects || byProject.Count > 0;

    /// <summary>Permission in the system namespace.</summary>
    public bool AllowsInSystem(Permission permission) => IsOfSystem && system.Allows(permission);

    /// <summary>Whether it may do something in a project; null when nothing that it was given tells.</summary>
    public bool? Decide(long projectId, Permission permission)
    {
        if (!IsOfSystem && projectId != home)
        {
            return null;
        }

        var here = byProject.GetValueOrDefault(projectId);
        if (everywhere.Denies(permission) || here?.Denies(permission) == true)
        {
            return false;
        }

        if (everywhere.Allows(permission) || here?.Allows(permission) == true)
        {
            return true;
        }

        return !IsOfSystem && permission.Action == AccessAction.Pull && here?.Allows(permission with { Action = AccessAction.Push }) == true ? true : null;
    }

    /// <summary>Whether it may hand something on to a robot that it makes: only what it was given itself, in that place or in all of them.</summary>
    /// <param name="projectId">Null: in the system, or in every project.</param>
    public bool MayGive(RobotLevel kind, long? projectId, RobotAccess access)
    {
        var permission = access.In(kind);
        AccessList[] sources = kind == RobotLevel.System ? [system]
            : projectId is { } id && byProject.TryGetValue(id, out var there) ? [everywhere, there] : [everywhere];
        if (access.IsDenied)
        {
            return sources.Any(list => list.Denies(permission));
        }

        // Given in every project, it would reach those in which it is denied here.
        var limits = kind == RobotLevel.Project && projectId is null ? [everywhere, .. byProject.Values] : sources;
        return sources.Any(list => list.Allows(permission)) && !limits.Any(list => list.Denies(permission));
    }

    private AccessList ListOf(RobotGrant grant)
    {
        if (grant.Kind == RobotLevel.System)
        {
            return system;
        }

        if (grant.ProjectId is not { } id)
        {
            return everywhere;
        }

        if (!byProject.TryGetValue(id, out var list))
        {
            byProject[id] = list = new AccessList();
        }

        return list;
    }

    private sealed class AccessList
    {
        private readonly HashSet<Permission> allowed = [];
        private readonly HashSet<Permission> denied = [];

        public void Add(Permission permission, bool isDenied) => (isDenied ? denied : allowed).Add(permission);

        public bool Allows(Permission permission) => allowed.Contains(permission) && !denied.Contains(permission);

        public bool Denies(Permission permission) => denied.Contains(permission);
    }
}
