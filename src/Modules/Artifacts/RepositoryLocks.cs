using Harbor.Platform.Data;

namespace Harbor.Modules.Artifacts;

/// <summary>The first locks of every content transaction: project, then repository.</summary>
internal static class RepositoryLocks
{
    /// <summary>Holds both against being deleted, as whoever adds something to them must.</summary>
    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>: the project was deleted meanwhile.</exception>
    public static Task ShareAsync(Transaction tx, RepositoryScope scope, long repositoryId) =>
        LockAsync(tx, scope, "SELECT 1 FROM repository WHERE id = $1 FOR KEY SHARE", repositoryId);

    /// <summary>For deleting artifacts: one deletion at a time in a repository, while pushes go on.</summary>
    public static Task ChangeAsync(Transaction tx, RepositoryScope scope, long repositoryId) =>
        LockAsync(tx, scope, "SELECT 1 FROM repository WHERE id = $1 FOR NO KEY UPDATE", repositoryId);

    /// <summary>For deleting the repository: no push meanwhile.</summary>
    public static Task HoldAsync(Transaction tx, RepositoryScope scope, long repositoryId) =>
        LockAsync(tx, scope, "SELECT 1 FROM repository WHERE id = $1 FOR UPDATE", repositoryId);

    private static async Task LockAsync(Transaction tx, RepositoryScope scope, string repositoryLock, long repositoryId)
    {
        var deleted = await tx.ScalarAsync<bool?>("SELECT deleted FROM project WHERE id = $1 FOR KEY SHARE", scope.Project.Id);
        if (deleted != false)
        {
            throw ContentErrors.ProjectGone(scope.Project.Name);
        }

        await tx.ExecuteAsync(repositoryLock, repositoryId);
    }
}
