using System.Collections.Concurrent;
using Harbor.Platform.Data;

namespace Harbor.Modules.Artifacts;

/// <summary>Finds the row of a repository, and makes it.</summary>
/// <remarks>
/// A row is never removed while its project stands, and a project's id is never used again, so an id once known stays true and may
/// be kept without asking. A repository is invisible until its first artifact.
/// </remarks>
public sealed class RepositoryDirectory(Database db)
{
    private const int MaxKnown = 100_000;

    private readonly ConcurrentDictionary<(long ProjectId, string Name), long> known = new();

    public async ValueTask<long?> FindIdAsync(RepositoryScope scope, CancellationToken ct)
    {
        var key = (scope.Project.Id, scope.Name.Value);
        if (known.TryGetValue(key, out var id))
        {
            return id;
        }

        await using var command = db.Command("SELECT id FROM repository WHERE project_id = $1 AND name = $2").With(key.Id, key.Value);
        if (await command.ExecuteScalarAsync(ct) is not long found)
        {
            return null;
        }

        return Keep(key, found);
    }

    public async ValueTask<long> EnsureIdAsync(RepositoryScope scope, CancellationToken ct)
    {
        if (await FindIdAsync(scope, ct) is { } id)
        {
            return id;
        }

        var key = (scope.Project.Id, scope.Name.Value);
        await using var command = db.Command("""
            INSERT INTO repository (project_id, name, creation_time, update_time) VALUES ($1, $2, harbor_now(), harbor_now())
            ON CONFLICT (project_id, name) DO UPDATE SET name = excluded.name
            RETURNING id
            """).With(key.Id, key.Value);
        return Keep(key, (long)(await command.ExecuteScalarAsync(ct))!);
    }

    private long Keep((long ProjectId, string Name) key, long id)
    {
        if (known.Count >= MaxKnown)
        {
            known.Clear();
        }

        return known[key] = id;
    }
}
