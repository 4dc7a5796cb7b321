using Harbor.Modules.Access;
using Harbor.Modules.Artifacts;
using Harbor.Modules.Projects.Members;
using Harbor.Modules.Quotas;
using Harbor.Platform.Data;
using Harbor.Platform.Events;

namespace Harbor.Modules.Projects;

/// <summary>Makes, changes and deletes projects.</summary>
public sealed class ProjectChanges(Database db, ChangeFeed feed, IEnumerable<IProjectDeparture> departures)
{
    /// <summary>Makes a project with its owner as the first member.</summary>
    /// <param name="by">Who makes it.</param>
    /// <param name="quota">Bytes it may hold; -1 is no limit.</param>
    /// <exception cref="Oci.RegistryException"><c>CONFLICT</c>: the name is taken.</exception>
    internal async Task<long> AddAsync(
        SecurityContext by, string name, long ownerId, IReadOnlyDictionary<string, string> metadata, long quota, CancellationToken ct)
    {
        var roles = ProjectDirectory.RolesKey(Member.User(ownerId));
        var id = await db.TransactAsync(async tx =>
        {
            // Of several that want one name, each waits here for the one before, and then finds it taken.
            var made = await tx.ScalarAsync<long?>("""
                INSERT INTO project (name, owner_id, creation_time, update_time) VALUES ($1, $2, harbor_now(), harbor_now())
                ON CONFLICT (name) DO NOTHING RETURNING id
                """, name, ownerId) ?? throw ProjectErrors.AlreadyExists(name);
            await SetMetadataAsync(tx, made, metadata);
            await tx.ExecuteAsync("""
                INSERT INTO project_member (project_id, entity_id, entity_type, role, creation_time, update_time)
                VALUES ($1, $2, 'u', $3, harbor_now(), harbor_now())
                """, made, ownerId, (int)Role.ProjectAdmin);
            await tx.ExecuteAsync("INSERT INTO cve_allowlist (project_id, creation_time, update_time) VALUES ($1, harbor_now(), harbor_now())", made);
            await tx.PublishAsync(new ProjectCreated(made, name, by.RecordedName));
            await ProjectQuotas.AddAsync(tx, made, quota);
            await tx.EvictAsync(roles);
            return made;
        }, ct);
        feed.EvictLocally(roles);
        return id;
    }

    /// <summary>Sets the metadata named and leaves the rest; replaces the allowlist when there is one.</summary>
    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>: deleted meanwhile. <c>BAD_REQUEST</c>: a retention policy that is not its own.</exception>
    internal async Task UpdateAsync(ProjectScope project, IReadOnlyDictionary<string, string> metadata, CveAllowlist? allowlist, CancellationToken ct)
    {
        var keys = metadata.ContainsKey(ProjectMetadata.Public) ? ProjectDirectory.Keys(project.Project) : [];
        await db.TransactAsync(async tx =>
        {
            if (await tx.ExecuteAsync("UPDATE project SET update_time = harbor_now() WHERE id = $1 AND NOT deleted", project.Id) == 0)
            {
                throw ProjectErrors.NotFound(project.Name);
            }

            await CheckRetentionAsync(tx, project.Id, metadata);
            await SetMetadataAsync(tx, project.Id, metadata.Where(each => each.Key != ProjectMetadata.RetentionId).ToDictionary());
            if (allowlist is not null)
            {
                await allowlist.StoreAsync(tx, project.Id);
            }

            await tx.PublishAsync(new ProjectUpdated(project.Id, project.Name, project.Security.RecordedName));
            foreach (var key in keys)
            {
                await tx.EvictAsync(key);
            }
        }, ct);
        Array.ForEach(keys, feed.EvictLocally);
    }

    /// <summary>Deletes an empty project. Its name is free again at once; its id is never used again.</summary>
    /// <exception cref="Oci.RegistryException"><c>PRECONDITION</c>: it has repositories. <c>NOT_FOUND</c>: deleted meanwhile.</exception>
    public async Task DeleteAsync(ProjectScope project, CancellationToken ct)
    {
        var keys = ProjectDirectory.Keys(project.Project);
        List<string> evicted = [];
        await db.TransactAsync(async tx =>
        {
            evicted.Clear();

            // Waits for pushes into it; those that come later wait for this, and then find it deleted.
            if (await tx.ScalarAsync<bool?>("SELECT deleted FROM project WHERE id = $1 FOR UPDATE", project.Id) != false)
            {
                throw ProjectErrors.NotFound(project.Name);
            }

            // A statement of its own: what the one above read is as old as its wait was long.
            if (await RepositoryCounts.HasAnyAsync(tx, project.Id))
            {
                throw ProjectErrors.NotEmpty();
            }

            await tx.ExecuteAsync("""
                UPDATE project SET name = left(name, $2 - length('#' || id)) || '#' || id, deleted = true, update_time = harbor_now() WHERE id = $1
                """, project.Id, ProjectName.MaxLength);
            foreach (var departure in departures)
            {
                evicted.AddRange(await departure.LeaveAsync(tx, project));
            }

            await tx.PublishAsync(new ProjectDeleted(project.Id, project.Name, project.Security.RecordedName));
            foreach (var key in keys)
            {
                await tx.EvictAsync(key);
            }
        }, ct);
        evicted.ForEach(feed.EvictLocally);
        Array.ForEach(keys, feed.EvictLocally);
    }

    private static Task<int> SetMetadataAsync(Transaction tx, long projectId, IReadOnlyDictionary<string, string> metadata) => tx.ExecuteAsync("""
        INSERT INTO project_metadata (project_id, name, value) SELECT $1, name, value FROM unnest($2::text[], $3::text[]) AS given (name, value)
        ON CONFLICT (project_id, name) DO UPDATE SET value = excluded.value
        """, projectId, metadata.Keys.ToArray(), metadata.Values.ToArray());

    // The retention API alone says which policy is a project's; here it may be named, and nothing else.
    private static async Task CheckRetentionAsync(Transaction tx, long projectId, IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.TryGetValue(ProjectMetadata.RetentionId, out var given)
            && given != (await tx.ScalarAsync<string>(
                "SELECT value FROM project_metadata WHERE project_id = $1 AND name = $2", projectId, ProjectMetadata.RetentionId) ?? string.Empty))
        {
            throw ProjectErrors.InvalidMetadata(ProjectMetadata.RetentionId, given);
        }
    }
}
