using System.Collections.Frozen;
using System.Globalization;
using Harbor.Modules.Access;
using Harbor.Modules.Projects.Members;
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
    private const int MaxMembers = 20_000;

    private const string Select = """
        SELECT p.id, p.name, coalesce(m.value = 'true', false), p.creation_time
        FROM project p LEFT JOIN project_metadata m ON m.project_id = p.id AND m.name = 'public'
        WHERE NOT p.deleted AND
        """;

    private readonly FactCache<ProjectInfo> projects = new(feed, ProjectPrefix, MaxProjects);
    private readonly FactCache<IReadOnlyDictionary<long, IReadOnlyList<Role>>> roles = new(feed, RolesPrefix, MaxMembers);

    /// <summary>Keys of what is known of a project; a change of its name, its being public or its being there evicts them.</summary>
    public static string[] Keys(ProjectInfo project) => [NameKey(project.Name), IdKey(project.Id)];

    /// <summary>Key of what is known of a member's roles; a change of any of its memberships evicts it.</summary>
    public static string RolesKey(Member member) => string.Create(CultureInfo.InvariantCulture, $"{RolesPrefix}{member.Type}{member.Id}");

    public ValueTask<ProjectInfo?> FindAsync(string name, CancellationToken ct) =>
        ProjectName.IsValid(name) ? projects.GetAsync(NameKey(name), name, LoadAsync, ct) : ValueTask.FromResult<ProjectInfo?>(null);

    public ValueTask<ProjectInfo?> FindAsync(long id, CancellationToken ct) => projects.GetAsync(IdKey(id), id, LoadAsync, ct);

    public async ValueTask<IReadOnlyDictionary<long, IReadOnlyList<Role>>> RolesAsync(long userId, IReadOnlyList<long> groups, CancellationToken ct)
    {
        Member[] members = [Member.User(userId), .. groups.Distinct().Select(Member.Group)];
        var held = await roles.GetAllAsync(members, RolesKey, LoadRolesAsync, ct);
        return held is [var own] ? own! : held.SelectMany(each => each!)
            .GroupBy(each => each.Key, each => each.Value)
            .ToDictionary(each => each.Key, IReadOnlyList<Role> (each) => [.. each.SelectMany(roles => roles).Distinct()]);
    }

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

    private async Task<IReadOnlyList<IReadOnlyDictionary<long, IReadOnlyList<Role>>?>> LoadRolesAsync(IReadOnlyList<Member> members, CancellationToken ct)
    {
        await using var command = db.Command("""
            SELECT m.entity_type, m.entity_id, m.project_id, m.role
            FROM unnest($1::text[], $2::bigint[]) AS asked (type, id)
            JOIN project_member m ON m.entity_type = asked.type AND m.entity_id = asked.id
            JOIN project p ON p.id = m.project_id AND NOT p.deleted
            """).With(members.Select(member => member.Type).ToArray(), members.Select(member => member.Id).ToArray());
        var held = (await command.ListAsync(
            row => (Member: new Member(row.GetString(0), row.GetInt64(1)), ProjectId: row.GetInt64(2), Role: (Role)row.GetInt32(3)), ct)).ToLookup(each => each.Member);
        return [.. members.Select(member => held[member]
            .GroupBy(each => each.ProjectId, each => each.Role)
            .ToFrozenDictionary(each => each.Key, IReadOnlyList<Role> (each) => [.. each]))];
    }

    private static ProjectInfo Read(NpgsqlDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.GetBoolean(2), row.GetFieldValue<DateTimeOffset>(3));
}
