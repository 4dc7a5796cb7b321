using Harbor.Modules.Access;

namespace Harbor.Unit.Access;

/// <summary>Projects and roles held in memory.</summary>
internal sealed class FakeProjectDirectory : IProjectDirectory
{
    private readonly Dictionary<long, ProjectInfo> projects = [];
    private readonly Dictionary<long, Dictionary<long, IReadOnlyList<Role>>> roles = [];
    private readonly Dictionary<long, Dictionary<long, IReadOnlyList<Role>>> groupRoles = [];

    public ProjectInfo Add(long id, string name, bool isPublic = false, DateTimeOffset? created = null) =>
        projects[id] = new ProjectInfo(id, name, isPublic, created ?? DateTimeOffset.UnixEpoch);

    public void Grant(long userId, long projectId, params Role[] held) => Grant(roles, userId, projectId, held);

    public void GrantGroup(long groupId, long projectId, params Role[] held) => Grant(groupRoles, groupId, projectId, held);

    public ValueTask<ProjectInfo?> FindAsync(string name, CancellationToken ct) =>
        ValueTask.FromResult(projects.Values.FirstOrDefault(project => project.Name == name));

    public ValueTask<ProjectInfo?> FindAsync(long id, CancellationToken ct) => ValueTask.FromResult(projects.GetValueOrDefault(id));

    public ValueTask<IReadOnlyDictionary<long, IReadOnlyList<Role>>> RolesAsync(long userId, IReadOnlyList<long> groups, CancellationToken ct) =>
        ValueTask.FromResult<IReadOnlyDictionary<long, IReadOnlyList<Role>>>(
            groups.Select(id => groupRoles.GetValueOrDefault(id)).Prepend(roles.GetValueOrDefault(userId)).SelectMany(held => held ?? [])
                .GroupBy(each => each.Key, each => each.Value)
                .ToDictionary(each => each.Key, IReadOnlyList<Role> (each) => [.. each.SelectMany(held => held)]));

    private static void Grant(Dictionary<long, Dictionary<long, IReadOnlyList<Role>>> to, long id, long projectId, Role[] held)
    {
        if (!to.TryGetValue(id, out var its))
        {
            to[id] = its = [];
        }

        its[projectId] = held;
    }
}
