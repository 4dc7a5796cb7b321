using Harbor.Platform.Data;
using Npgsql;

namespace Harbor.Modules.Artifacts;

/// <summary>The first locks of every content transaction: project, then repository.</summary>
internal static class RepositoryLocks
{
    private const string Project = "SELECT deleted FROM project WHERE id = $1 FOR KEY SHARE";
    private const string Share = "SELECT 1 FROM repository WHERE id = $1 FOR KEY SHARE";
    private const string Change = "SELECT 1 FROM repository WHERE id = $1 FOR NO KEY UPDATE";
    private const string Hold = "SELECT 1 FROM repository WHERE id = $1 FOR UPDATE";

    /// <summary>Holds both against being deleted, as whoever adds something to them must.</summary>
    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>: the project was deleted meanwhile.</exception>
    public static Task ShareAsync(Transaction tx, RepositoryScope scope, long repositoryId) => LockAsync(tx, scope, Share, repositoryId);

    /// <summary>For deleting artifacts: one deletion at a time in a repository, while pushes go on.</summary>
    public static Task ChangeAsync(Transaction tx, RepositoryScope scope, long repositoryId) => LockAsync(tx, scope, Change, repositoryId);

    /// <summary>For deleting the repository: no push meanwhile.</summary>
    public static Task HoldAsync(Transaction tx, RepositoryScope scope, long repositoryId) => LockAsync(tx, scope, Hold, repositoryId);

    /// <summary>Holds both, and takes the locks that follow, in one round trip.</summary>
    /// <returns>A reader that stands at the first result of <paramref name="following"/>.</returns>
    public static Task<NpgsqlDataReader> ShareAsync(
        Transaction tx, RepositoryScope scope, long repositoryId, params ReadOnlySpan<(string Sql, object?[] Values)> following) =>
        BeginAsync(tx, scope, [(Project, [scope.Project.Id]), (Share, [repositoryId]), .. following]);

    /// <summary>Holds two repositories, of one project or of two, against being deleted.</summary>
    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>: a project was deleted meanwhile.</exception>
    public static async Task ShareAsync(Transaction tx, RepositoryScope one, long oneId, RepositoryScope other, long otherId)
    {
        var there = await tx.ListAsync("SELECT id FROM project WHERE id = ANY($1) AND NOT deleted ORDER BY id FOR KEY SHARE",
            row => row.GetInt64(0), (object)new[] { one.Project.Id, other.Project.Id });
        foreach (var scope in (ReadOnlySpan<RepositoryScope>)[one, other])
        {
            if (!there.Contains(scope.Project.Id))
            {
                throw ContentErrors.ProjectGone(scope.Project.Name);
            }
        }

        await tx.ExecuteAsync("SELECT 1 FROM repository WHERE id = ANY($1) ORDER BY id FOR KEY SHARE", (object)new[] { oneId, otherId });
    }

    private static async Task LockAsync(Transaction tx, RepositoryScope scope, string repositoryLock, long repositoryId)
    {
        await using var reader = await BeginAsync(tx, scope, [(Project, [scope.Project.Id]), (repositoryLock, [repositoryId])]);
    }

    private static async Task<NpgsqlDataReader> BeginAsync(Transaction tx, RepositoryScope scope, (string Sql, object?[] Values)[] statements)
    {
        var reader = await tx.BatchAsync(statements);
        try
        {
            var deleted = await reader.TakeAsync(row => row.GetBoolean(0), tx.Ct);
            await reader.TakeAsync(_ => true, tx.Ct);
            return deleted is [false] ? reader : throw ContentErrors.ProjectGone(scope.Project.Name);
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }
}
