using Harbor.Platform.Data;

namespace Harbor.Modules.Artifacts.Labelling;

/// <summary>Puts labels on artifacts and takes them off.</summary>
/// <remarks>
/// What is deleted keeps its labels, unseen, for the case that the deletion is taken back. A push that makes it visible again begins
/// without them.
/// </remarks>
internal sealed class ArtifactLabels(Database db, RepositoryDirectory repositories)
{
    /// <exception cref="Oci.RegistryException">
    /// <c>NOT_FOUND</c>: no such artifact, or no such label in the system or this project; <c>CONFLICT</c>: it is on the artifact already.
    /// </exception>
    public Task AddAsync(RepositoryScope scope, string reference, long labelId, CancellationToken ct) => ChangeAsync(scope, reference, async (tx, artifact) =>
    {
        await Labels.Labels.HoldAsync(tx, scope.Project, labelId);
        if (await tx.ExecuteAsync("INSERT INTO artifact_label (artifact_id, label_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", artifact, labelId) == 0)
        {
            throw ContentErrors.LabelAlreadyAdded(labelId, artifact);
        }
    }, ct);

    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>: no such artifact, or the label is not on it.</exception>
    public Task RemoveAsync(RepositoryScope scope, string reference, long labelId, CancellationToken ct) => ChangeAsync(scope, reference, async (tx, artifact) =>
    {
        if (await tx.ExecuteAsync("DELETE FROM artifact_label WHERE artifact_id = $1 AND label_id = $2", artifact, labelId) == 0)
        {
            throw ContentErrors.LabelNotAdded(labelId, artifact);
        }
    }, ct);

    private async Task ChangeAsync(RepositoryScope scope, string reference, Func<Transaction, long, Task> change, CancellationToken ct)
    {
        var repositoryId = await repositories.FindIdAsync(scope, ct) ?? throw ContentErrors.ArtifactNotFound(scope.Name, reference);
        await db.TransactAsync(async tx =>
        {
            await RepositoryLocks.ShareAsync(tx, scope, repositoryId);
            await change(tx, await ReferencedArtifact.HoldAsync(tx, scope, repositoryId, reference, ReferencedArtifact.Share));
        }, ct);
    }
}
