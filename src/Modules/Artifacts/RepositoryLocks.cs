using Harbor.Platform.Data;

namespace Harbor.Modules.Artifacts;

/// <summary>The first locks of every content transaction: project, then repository.</summary>
internal static class RepositoryLocks
{
    /// <summary>Holds both against being deleted, as whoever adds something to them must.</summary>
    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>: the project was deleted meanwhile.</exception>
    public static async Task ShareAsync(Transaction tx, RepositoryScope scope, long repositoryId)
    {
        var deleted = await tx.ScalarAsync<bool?>("SELECT deleted FROM project WHERE id = $1 FOR KEY SHARE", scope.Project.Id);
        if (deleted != false)
        {
            throw ContentErrors.ProjectGone(scope.Project.Name);
        }

        await tx.ExecuteAsync("SELECT 1 FROM repository WHERE id = $1 FOR KEY SHARE", repositoryId);
    }
}
