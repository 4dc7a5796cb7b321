using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Identity.Groups;
using Harbor.Platform.Data;
using Harbor.Platform.Events;
using Harbor.Platform.Http.Listing;
using Npgsql;

namespace Harbor.Modules.Projects.Members;

/// <summary>Who belongs to a project, and in which role.</summary>
internal sealed class ProjectMembers(Database db, ChangeFeed feed, UserGroups groups)
{
    private const string Select = """
        SELECT m.id, m.project_id, entity.name, m.role, m.entity_id, m.entity_type
        FROM project_member m
        LEFT JOIN harbor_user u ON m.entity_type = 'u' AND u.id = m.entity_id AND NOT u.deleted
        LEFT JOIN user_group g ON m.entity_type = 'g' AND g.id = m.entity_id
        CROSS JOIN LATERAL (SELECT coalesce(u.username, g.group_name) AS name) AS entity
        WHERE entity.name IS NOT NULL AND m.project_id = $1
        """;

    private const string Changed = """
        entity_type, entity_id, coalesce(
            (SELECT u.username FROM harbor_user u WHERE entity_type = 'u' AND u.id = entity_id),
            (SELECT g.group_name FROM user_group g WHERE entity_type = 'g' AND g.id = entity_id), '')
        """;

    /// <summary>Members, users and groups alike, by name. The total is that of all members, whatever name is asked for: Harbor counts so.</summary>
    /// <param name="name">Exact name; null or empty: all.</param>
    public async Task<Page<ProjectMemberDto>> ListAsync(ProjectScope project, string? name, PageRequest page, CancellationToken ct)
    {
        var sql = new SqlText($"{Select.Replace("$1", string.Empty, StringComparison.Ordinal)}").Parameter(project.Id);
        if (!string.IsNullOrEmpty(name))
        {
            sql.Append(" AND entity.name = ").Parameter(name);
        }

        await using var command = sql.Append(" ORDER BY entity.name, m.id").AppendPage(page).ToCommand(db);
        var items = await command.ListAsync(Read, ct);
        return new Page<ProjectMemberDto>(items, (await CountByRoleAsync(project, ct)).Values.Sum());
    }

    public async Task<ProjectMemberDto?> FindAsync(ProjectScope project, long id, CancellationToken ct)
    {
        await using var command = db.Command($"{Select} AND m.id = $2").With(project.Id, id);
        return await command.FindAsync(Read, ct);
    }

    public async Task<IReadOnlyDictionary<Role, int>> CountByRoleAsync(ProjectScope project, CancellationToken ct)
    {
        await using var command = db.Command($"SELECT role, count(*)::int FROM ({Select}) AS member GROUP BY role").With(project.Id);
        var counts = await command.ListAsync(row => ((Role)row.GetInt32(0), row.GetInt32(1)), ct);
        return counts.ToDictionary(count => count.Item1, count => count.Item2);
    }

    /// <summary>Takes a user or a group into the project.</summary>
    /// <returns>Id of the membership.</returns>
    /// <exception cref="Oci.RegistryException">
    /// <c>CONFLICT</c>: a member already. <c>BAD_REQUEST</c>: no such role, or nobody has that id. <c>NOT_FOUND</c>: nobody has that name, or the project was deleted meanwhile.
    /// </exception>
    public async Task<long> AddAsync(ProjectScope project, NewMember asked, int? role, CancellationToken ct)
    {
        var onboarding = await groups.OnboardingAsync(ct);
        var (id, member) = await db.TransactAsync(async tx =>
        {
            if (await tx.ScalarAsync<bool?>("SELECT deleted FROM project WHERE id = $1 FOR KEY SHARE", project.Id) != false)
            {
                throw ProjectErrors.NotFound(project.Name);
            }

            var (member, name) = await FindAsync(tx, asked, onboarding);
            var taken = await tx.ScalarAsync<bool>(
                "SELECT EXISTS (SELECT 1 FROM project_member WHERE project_id = $1 AND entity_type = $2 AND entity_id = $3)", project.Id, member.Type, member.Id);
            if (!taken && !IsRole(role))
            {
                throw MemberErrors.InvalidRole(role);
            }

            var made = (taken ? null : await tx.ScalarAsync<long?>("""
                INSERT INTO project_member (project_id, entity_type, entity_id, role, creation_time, update_time)
                VALUES ($1, $2, $3, $4, harbor_now(), harbor_now())
                ON CONFLICT (project_id, entity_type, entity_id) DO NOTHING RETURNING id
                """, project.Id, member.Type, member.Id, role)) ?? throw MemberErrors.AlreadyMember(name);
            await tx.PublishAsync(new MemberAdded(project.Id, project.Name, name, member.Type, project.Security.RecordedName));
            await tx.EvictAsync(ProjectDirectory.RolesKey(member));
            return (made, member);
        }, ct);
        feed.EvictLocally(ProjectDirectory.RolesKey(member));
        return id;
    }

    /// <summary>Gives a member another role. An unknown member is no error: Harbor says so.</summary>
    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: no such role.</exception>
    public Task UpdateAsync(ProjectScope project, long id, int? role, CancellationToken ct) => IsRole(role)
        ? ChangeAsync(
            $"UPDATE project_member SET role = $3, update_time = harbor_now() WHERE project_id = $1 AND id = $2 RETURNING {Changed}", [project.Id, id, role],
            (tx, member) => tx.PublishAsync(new MemberUpdated(project.Id, project.Name, member.Name, member.Type, project.Security.RecordedName)), ct)
        : throw MemberErrors.InvalidRole(role);

    /// <summary>Ends a membership. An unknown member is no error.</summary>
    public Task DeleteAsync(ProjectScope project, long id, CancellationToken ct) =>
        ChangeAsync(
            $"DELETE FROM project_member WHERE project_id = $1 AND id = $2 RETURNING {Changed}", [project.Id, id],
            (tx, member) => tx.PublishAsync(new MemberRemoved(project.Id, project.Name, member.Name, member.Type, project.Security.RecordedName)), ct);

    private async Task ChangeAsync(string sql, object?[] values, Func<Transaction, (string Type, long Id, string Name), Task> publish, CancellationToken ct)
    {
        var roles = await db.TransactAsync(async tx =>
        {
            var changed = await tx.ListAsync(sql, row => (Type: row.GetString(0), Id: row.GetInt64(1), Name: row.GetString(2)), values);
            foreach (var member in changed)
            {
                await publish(tx, member);
            }

            var keys = changed.ConvertAll(member => ProjectDirectory.RolesKey(new Member(member.Type, member.Id)));
            await tx.EvictAsync(keys);
            return keys;
        }, ct);
        roles.ForEach(feed.EvictLocally);
    }

    /// <summary>Finds who is meant and holds his row: were he deleted meanwhile, the member would be nobody.</summary>
    /// <param name="onboarding">Type that an unknown group is taken in with; null: it is not.</param>
    private static async Task<(Member Member, string Name)> FindAsync(Transaction tx, NewMember asked, UserGroupType? onboarding)
    {
        switch (asked)
        {
            case NewMember.UserById(var id):
                return await FindUserAsync(tx, "id = $1", id) ?? throw MemberErrors.NoSuchUser(id);
            case NewMember.UserByName(var name):
                return await FindUserAsync(tx, "username = $1", name) ?? throw MemberErrors.NoSuchUser(name);
            case NewMember.GroupById(var id):
                return Found(await UserGroups.HoldAsync(tx, id)) ?? throw MemberErrors.NoSuchGroup(id);
            case NewMember.GroupByDistinguishedName(var name):
                return Found(await UserGroups.HoldByDistinguishedNameAsync(tx, name)) ?? throw MemberErrors.NoSuchGroup(name);
            case NewMember.GroupByName(var name, var type):
                return Found(await UserGroups.HoldByNameAsync(tx, name, type is null or 0 ? null : (UserGroupType)type)
                    ?? (onboarding is { } taken ? await UserGroups.OnboardAsync(tx, name, taken) : null)) ?? throw MemberErrors.NoSuchGroup(name);
            default:
                throw new InvalidOperationException($"Nobody knows how to find a {asked.GetType().Name}.");
        }
    }

    private static (Member Member, string Name)? Found(UserGroup? group) => group is null ? null : (Member.Group(group.Id), group.Name);

    /// <param name="condition">Fixed SQL.</param>
    private static async Task<(Member Member, string Name)?> FindUserAsync(Transaction tx, string condition, object value)
    {
        var found = await tx.ListAsync(
            $"SELECT id, username FROM harbor_user WHERE {condition} AND NOT deleted FOR KEY SHARE", row => (Member.User(row.GetInt64(0)), row.GetString(1)), value);
        return found is [var one] ? one : null;
    }

    private static bool IsRole(int? role) => role is { } number && Enum.IsDefined((Role)number);

    private static ProjectMemberDto Read(NpgsqlDataReader row)
    {
        var role = row.GetInt32(3);
        return new ProjectMemberDto
        {
            Id = row.GetInt64(0),
            ProjectId = row.GetInt64(1),
            EntityName = row.GetString(2),
            RoleId = role,
            RoleName = ((Role)role).WireName(),
            EntityId = row.GetInt64(4),
            EntityType = row.GetString(5),
        };
    }
}
