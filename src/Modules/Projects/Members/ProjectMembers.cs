using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Platform.Data;
using Harbor.Platform.Events;
using Harbor.Platform.Http.Listing;
using Npgsql;

namespace Harbor.Modules.Projects.Members;

/// <summary>Who belongs to a project, and in which role.</summary>
internal sealed class ProjectMembers(Database db, ChangeFeed feed)
{
    private const string Select = """
        SELECT m.id, m.project_id, u.username, m.role, m.entity_id, m.entity_type
        FROM project_member m JOIN harbor_user u ON u.id = m.entity_id AND m.entity_type = 'u' AND NOT u.deleted
        WHERE m.project_id = $1
        """;

    private const string Changed =
        "entity_type, entity_id, coalesce((SELECT u.username FROM harbor_user u WHERE entity_type = 'u' AND u.id = entity_id), '')";

    /// <summary>Members by name. The total is that of all members, whatever name is asked for: Harbor counts so.</summary>
    /// <param name="name">Exact name; null or empty: all.</param>
    public async Task<Page<ProjectMemberDto>> ListAsync(ProjectScope project, string? name, PageRequest page, CancellationToken ct)
    {
        var sql = new SqlText($"{Select.Replace("$1", string.Empty, StringComparison.Ordinal)}").Parameter(project.Id);
        if (!string.IsNullOrEmpty(name))
        {
            sql.Append(" AND u.username = ").Parameter(name);
        }

        await using var command = sql.Append(" ORDER BY u.username, m.id").AppendPage(page).ToCommand(db);
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

    /// <summary>Takes a user into the project.</summary>
    /// <returns>Id of the membership.</returns>
    /// <exception cref="Oci.RegistryException">
    /// <c>CONFLICT</c>: a member already. <c>BAD_REQUEST</c>: no such role, or no such user id. <c>NOT_FOUND</c>: no such username, or the project was deleted meanwhile.
    /// </exception>
    public async Task<long> AddAsync(ProjectScope project, MemberUserRequest user, int? role, CancellationToken ct)
    {
        var (id, userId) = await db.TransactAsync(async tx =>
        {
            if (await tx.ScalarAsync<bool?>("SELECT deleted FROM project WHERE id = $1 FOR KEY SHARE", project.Id) != false)
            {
                throw ProjectErrors.NotFound(project.Name);
            }

            var (userId, username) = await FindUserAsync(tx, user);
            var taken = await tx.ScalarAsync<bool>(
                "SELECT EXISTS (SELECT 1 FROM project_member WHERE project_id = $1 AND entity_type = 'u' AND entity_id = $2)", project.Id, userId);
            if (!taken && !IsRole(role))
            {
                throw MemberErrors.InvalidRole(role);
            }

            var made = (taken ? null : await tx.ScalarAsync<long?>("""
                INSERT INTO project_member (project_id, entity_id, entity_type, role, creation_time, update_time)
                VALUES ($1, $2, 'u', $3, harbor_now(), harbor_now())
                ON CONFLICT (project_id, entity_type, entity_id) DO NOTHING RETURNING id
                """, project.Id, userId, role)) ?? throw MemberErrors.AlreadyMember(username);
            await tx.PublishAsync(new MemberAdded(project.Id, project.Name, username, "u", project.Security.RecordedName));
            await tx.EvictAsync(ProjectDirectory.RolesKey(userId));
            return (made, userId);
        }, ct);
        feed.EvictLocally(ProjectDirectory.RolesKey(userId));
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
        var users = await db.TransactAsync(async tx =>
        {
            var changed = await tx.ListAsync(sql, row => (Type: row.GetString(0), Id: row.GetInt64(1), Name: row.GetString(2)), values);
            foreach (var member in changed)
            {
                await publish(tx, member);
            }

            var users = changed.Where(each => each.Type == "u").Select(each => each.Id).ToList();
            foreach (var user in users)
            {
                await tx.EvictAsync(ProjectDirectory.RolesKey(user));
            }

            return users;
        }, ct);
        users.ForEach(user => feed.EvictLocally(ProjectDirectory.RolesKey(user)));
    }

    private static async Task<(long Id, string Username)> FindUserAsync(Transaction tx, MemberUserRequest user)
    {
        // Held against being deleted, which would leave a member that is nobody.
        var byId = user.UserId is { } and not 0;
        var found = await tx.ListAsync(
            $"SELECT id, username FROM harbor_user WHERE {(byId ? "id" : "username")} = $1 AND NOT deleted FOR KEY SHARE",
            row => (row.GetInt64(0), row.GetString(1)), byId ? user.UserId : user.Username);
        return found is [var one] ? one : throw (byId ? MemberErrors.NoSuchUser(user.UserId!.Value) : MemberErrors.NoSuchUser(user.Username!));
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
