using System.Collections.Frozen;
using System.Globalization;
using Harbor.Modules.Access;
using Harbor.Platform.Data;
using Harbor.Platform.Events;
using Npgsql;

namespace Harbor.Modules.Projects;

/// <summary>Projects and roles from memory while that is safe, else from the database.</summary>
internal sealed class ProjectDirectory(Database db, ChangeFeed feed) : IProjectDirectory
{
    private const string ProjectPrefix = "project";
    private const string RolesPrefix = "roles:";
    private const int MaxProjects = 20_000;
    private const int MaxUsers = 20_000;

    private const string Select = """
        SELECT p.id, p.name, coalesce(m.value = 'true', false), p.creation_time
        FROM project p LEFT JOIN project_metadata m ON m.project_id = p.id AND m.name = 'public'
        WHERE NOT p.deleted AND
        """;

    private readonly FactCache<ProjectInfo> projects = new(feed, ProjectPrefix, MaxProjects);
    private readonly FactCache<IReadOnlyDictionary<long, IReadOnlyList<Role>>> roles = new(feed, RolesPrefix, MaxUsers);

    /// <summary>Keys of what is known of a project; a change of its name, its being public or its being there evicts them.</summary>
    public static string[] Keys(ProjectInfo project) => [NameKey(project.Name), IdKey(project.Id)];

    /// <summary>Key of what is known of a user's roles; a change of any of his memberships evicts it.</summary>
    public static string RolesKey(long userId) => string.Create(CultureInfo.InvariantCulture, $"{RolesPrefix}{userId}");

    public ValueTask<ProjectInfo?> FindAsync(string name, CancellationToken ct) =>
        ProjectName.IsValid(name) ? projects.GetAsync(NameKey(name), name, LoadAsync, ct) : ValueTask.FromResult<ProjectInfo?>(null);

    public ValueTask<ProjectInfo?> FindAsync(long id, CancellationToken ct) => projects.GetAsync(IdKey(id), id, LoadAsync, ct);

    public async ValueTask<IReadOnlyDictionary<long, IReadOnlyList<Role>>> RolesOfUserAsync(long userId, CancellationToken ct) =>
        (await roles.GetAsync(RolesKey(userId), userId, LoadRolesAsync, ct))!;

    private static string NameKey(string name) => $"{ProjectPrefix}:{name}";

    private static string IdKey(long id) => string.Create(CultureInfo.InvariantCulture, $"{ProjectPrefix}-id:{id}");

    private async Task<ProjectInfo?> LoadAsync(string name, CancellationToken ct)
    {
        await using var command = db.Command($"{Select} p.name = $1").With(name);
        return await command.FindAsync(Read, ct);
    }

    private async Task<ProjectInfo?> LoadAsync(long id, CancellationToken ct)
    {
        await using var command = db.Command($"{Select} p.id = $1").With(id);
        return await command.FindAsync(Read, ct);
    }

    private async Task<IReadOnlyDictionary<long, IReadOnlyList<Role>>?> LoadRolesAsync(long userId, CancellationToken ct)
    {
        await using var command = db.Command("""
            SELECT m.project_id, m.role FROM project_member m JOIN project p ON p.id = m.project_id
            WHERE m.entity_type = 'u' AND m.entity_id = $1 AND NOT p.deleted
            """).With(userId);
        var held = await command.ListAsync(row => (ProjectId: row.GetInt64(0), Role: (Role)row.GetInt32(1)), ct);
        return held.GroupBy(each => each.ProjectId)
            .ToFrozenDictionary(each => each.Key, IReadOnlyList<Role> (each) => [.. each.Select(one => one.Role)]);
    }

    private static ProjectInfo Read(NpgsqlDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.GetBoolean(2), row.GetFieldValue<DateTimeOffset>(3));
}
