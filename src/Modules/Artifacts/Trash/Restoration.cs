using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Events;

namespace Harbor.Modules.Artifacts.Trash;

/// <summary>Takes back one act of deleting, whole or not at all.</summary>
public sealed class Restoration(Database db, ChangeFeed feed, PausePoints pauses)
{
    /// <summary>
    /// Makes visible again what it hid, and the children that an index of it needs; links and charges what they use; puts the tags back
    /// whose names are free.
    /// </summary>
    /// <exception cref="RegistryException">
    /// <c>NOT_FOUND</c>: no such deletion in this project, or the collector has begun to free it. <c>DENIED</c>: the quota has no room.
    /// <c>PRECONDITION</c>: a tag's artifact is itself deleted, and must be restored before it.
    /// </exception>
    public async Task<RestoredDto> RestoreAsync(ProjectScope project, long id, CancellationToken ct)
    {
        var scope = await FindAsync(project, id, ct) ?? throw ContentErrors.DeletionNotFound(id);
        var (restored, changed) = await db.TransactAsync(async tx =>
        {
            var restoring = new RestoreTransaction(tx, scope.Repository, scope.RepositoryId, pauses);
            return (await restoring.RunAsync(id), restoring.Changed);
        }, ct);
        changed.ForEach(feed.EvictLocally);
        return restored;
    }

    private async Task<(RepositoryScope Repository, long RepositoryId)?> FindAsync(ProjectScope project, long id, CancellationToken ct)
    {
        await using var command = db.Command("""
            SELECT repository.name, repository.id FROM deletion JOIN repository ON repository.id = deletion.repository_id
            WHERE deletion.id = $1 AND repository.project_id = $2 AND NOT deletion.freeing
            """).With(id, project.Id);
        var found = await command.ListAsync(row => (Name: row.GetString(0), Id: row.GetInt64(1)), ct);
        return found.Count > 0 && RepositoryName.TryParse(found[0].Name, out var name) ? (RepositoryScope.In(project, name), found[0].Id) : null;
    }
}
