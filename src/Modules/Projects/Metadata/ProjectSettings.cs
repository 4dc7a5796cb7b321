using Harbor.Modules.Access;
using Harbor.Platform.Data;
using Harbor.Platform.Events;

namespace Harbor.Modules.Projects.Metadata;

/// <summary>What is set of a project, key by key. A change is in force when it returns.</summary>
internal sealed class ProjectSettings(Database db, ChangeFeed feed)
{
    private const string Select = "SELECT name, value FROM project_metadata WHERE project_id = $1";

    public Task<IReadOnlyDictionary<string, string>> ListAsync(ProjectScope project, CancellationToken ct) => ReadAsync(Select, [project.Id], ct);

    /// <summary>The pair of this key; empty when it is not set.</summary>
    public Task<IReadOnlyDictionary<string, string>> FindAsync(ProjectScope project, string key, CancellationToken ct) =>
        ReadAsync($"{Select} AND name = $2", [project.Id, key], ct);

    /// <exception cref="Oci.RegistryException"><c>CONFLICT</c>: it is set already. <c>NOT_FOUND</c>: the project was deleted meanwhile.</exception>
    public Task AddAsync(ProjectScope project, MetadataPair pair, CancellationToken ct) => ChangeAsync(project, pair.Key, async tx =>
    {
        if (await tx.ExecuteAsync("""
            INSERT INTO project_metadata (project_id, name, value) VALUES ($1, $2, $3) ON CONFLICT (project_id, name) DO NOTHING
            """, project.Id, pair.Key, pair.Value) == 0)
        {
            throw ProjectErrors.MetadataExists(pair.Key);
        }
    }, ct);

    /// <summary>Sets what is set already. A key that is not set stays so, and is no error: Harbor says so.</summary>
    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>: the project was deleted meanwhile.</exception>
    public Task UpdateAsync(ProjectScope project, MetadataPair pair, CancellationToken ct) => ChangeAsync(project, pair.Key, tx => tx.ExecuteAsync(
        "UPDATE project_metadata SET value = $3 WHERE project_id = $1 AND name = $2", project.Id, pair.Key, pair.Value), ct);

    /// <summary>Takes a setting away; its default stands then. A key that is not set is no error.</summary>
    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: a key that is not managed here. <c>NOT_FOUND</c>: the project was deleted meanwhile.</exception>
    public Task DeleteAsync(ProjectScope project, string key, CancellationToken ct)
    {
        MetadataPair.CheckKey(key);
        return ChangeAsync(project, key, tx => tx.ExecuteAsync("DELETE FROM project_metadata WHERE project_id = $1 AND name = $2", project.Id, key), ct);
    }

    private async Task ChangeAsync(ProjectScope project, string key, Func<Transaction, Task> change, CancellationToken ct)
    {
        var facts = key == ProjectMetadata.Public ? ProjectDirectory.Keys(project.Project) : [];
        await db.TransactAsync(async tx =>
        {
            // Pushes go on; other changes and the deletion of the project wait.
            if (await tx.ScalarAsync<bool?>("SELECT deleted FROM project WHERE id = $1 FOR NO KEY UPDATE", project.Id) != false)
            {
                throw ProjectErrors.NotFound(project.Name);
            }

            await change(tx);
            await tx.PublishAsync(new ProjectUpdated(project.Id, project.Name, project.Security.RecordedName));
            await tx.EvictAsync(facts);
        }, ct);
        Array.ForEach(facts, feed.EvictLocally);
    }

    private async Task<IReadOnlyDictionary<string, string>> ReadAsync(string sql, object?[] values, CancellationToken ct)
    {
        await using var command = db.Command(sql).With(values);
        return (await command.ListAsync(row => KeyValuePair.Create(row.GetString(0), row.GetString(1)), ct)).ToDictionary(StringComparer.Ordinal);
    }
}
