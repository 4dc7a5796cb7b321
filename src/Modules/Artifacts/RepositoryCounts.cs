using Harbor.Oci;
using Harbor.Platform.Data;

namespace Harbor.Modules.Artifacts;

/// <summary>How many repositories there are to see: those with at least one visible artifact.</summary>
public sealed class RepositoryCounts(Database db)
{
    /// <summary>SQL: whether there is anything to see in <c>repository</c>. Most rows say so themselves; the others are looked into.</summary>
    public const string IsVisible =
        "(repository.known_visible OR EXISTS (SELECT 1 FROM artifact WHERE artifact.repository_id = repository.id AND artifact.deletion_id IS NULL))";

    // Before what is shown is held: a deletion that would take it back waits for this row, and then looks again.
    internal const string KnowVisible = "UPDATE repository SET known_visible = true WHERE id = $1 AND NOT known_visible";

    // For whoever hides artifacts, when they are hidden: nobody else hides any in this repository meanwhile.
    internal const string StillVisible =
        "(repository.known_visible AND EXISTS (SELECT 1 FROM artifact WHERE artifact.repository_id = repository.id AND artifact.deletion_id IS NULL))";

    /// <summary>By project; projects without one are absent.</summary>
    public async Task<IReadOnlyDictionary<long, long>> OfProjectsAsync(long[] projectIds, CancellationToken ct)
    {
        await using var command = db.Command($"""
            SELECT project_id, count(*) FROM repository WHERE project_id = ANY($1) AND {IsVisible} GROUP BY project_id
            """).With(projectIds);
        var counts = await command.ListAsync(row => (row.GetInt64(0), row.GetInt64(1)), ct);
        return counts.ToDictionary(count => count.Item1, count => count.Item2);
    }

    public async Task<long> OfProjectAsync(long projectId, CancellationToken ct) =>
        (await OfProjectsAsync([projectId], ct)).GetValueOrDefault(projectId);

    /// <summary>Whether a project has one; asked under the project's lock by whoever deletes it.</summary>
    public static Task<bool> HasAnyAsync(Transaction tx, long projectId) =>
        tx.ScalarAsync<bool>($"SELECT EXISTS (SELECT 1 FROM repository WHERE project_id = $1 AND {IsVisible})", projectId);

    /// <summary>Full names of those of a project, in order.</summary>
    public static async Task<IReadOnlyList<RepositoryName>> NamesAsync(Transaction tx, long projectId) =>
        [.. await tx.ListAsync($"SELECT name FROM repository WHERE project_id = $1 AND {IsVisible} ORDER BY name",
            row => RepositoryName.TryParse(row.GetString(0), out var name) ? name : throw new InvalidOperationException("A stored repository has a malformed name."), projectId)];
}
