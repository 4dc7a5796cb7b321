using Harbor.Modules.Access;

namespace Harbor.Unit.Access;

/// <summary>Projects and roles held in memory.</summary>
internal sealed class FakeProjectDirectory : IProjectDirectory
{
    private readonly Dictionary<long, ProjectInfo> projects = [];
    private readonly Dictionary<long, Dictionary<long, IReadOnlyList<Role>>> roles = [];

    public ProjectInfo Add(long id, string name, bool isPublic = false, DateTimeOffset? created = null) =>
        projects[id] = new ProjectInfo(id, name, isPublic, created ?? DateTimeOffset.UnixEpoch);

    public void Grant(long userId, long projectId, params Role[] held)
    {
        if (!roles.TryGetValue(userId, out var mine))
        {
            roles[userId] = mine = [];
        }

        mine[projectId] = held;
    }

    public ValueTask<ProjectInfo?> FindAsync(string name, CancellationToken ct) =>
        ValueTask.FromResult(projects.Values.FirstOrDefault(project => project.Name == name));

    public ValueTask<ProjectInfo?> FindAsync(long id, CancellationToken ct) => ValueTask.FromResult(projects.GetValueOrDefault(id));

    public ValueTask<IReadOnlyDictionary<long, IReadOnlyList<Role>>> RolesAsync(long userId, IReadOnlyList<long> groups, CancellationToken ct) =>
        ValueTask.FromResult<IReadOnlyDictionary<long, IReadOnlyList<Role>>>(roles.GetValueOrDefault(userId) ?? []);
}
