using Harbor.Modules.Immutability;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Events;

namespace Harbor.Modules.Artifacts.Tags;

/// <summary>Gives an artifact a tag, and takes one away. Tags move by a push or a copy alone.</summary>
internal sealed class TagChanges(Database db, RepositoryDirectory repositories, ChangeFeed feed, PausePoints pauses)
{
    /// <exception cref="RegistryException"><c>NOT_FOUND</c>: no such artifact; <c>CONFLICT</c>: the repository has such a tag, whatever it names.</exception>
    public async Task AddAsync(RepositoryScope scope, string reference, Tag tag, CancellationToken ct)
    {
        var repositoryId = await repositories.FindIdAsync(scope, ct) ?? throw ContentErrors.ArtifactNotFound(scope.Name, reference);
        await db.TransactAsync(async tx =>
        {
            await RepositoryLocks.ShareAsync(tx, scope, repositoryId);
            var artifact = await ReferencedArtifact.HoldAsync(tx, scope, repositoryId, reference, ReferencedArtifact.Share);
            await pauses.ReachAsync("tag.held", tx.Ct);
            var made = await tx.ExecuteAsync("""
                INSERT INTO tag (repository_id, name, artifact_id, push_time) VALUES ($1, $2, $3, harbor_now())
                ON CONFLICT (repository_id, name) DO NOTHING
                """, repositoryId, tag.Value, artifact);
            if (made == 0)
            {
                throw ContentErrors.TagExists(tag.Value, repositoryId);
            }

            await tx.PublishAsync(new TagCreated(scope.Project.Id, scope.Name.Value, tag.Value, scope.Caller.RecordedName));
        }, ct);
    }

    /// <summary>Takes a tag away; the artifact stays, untagged if that was the last.</summary>
    /// <param name="reason">What did it; kept with the deletion.</param>
    /// <exception cref="RegistryException"><c>NOT_FOUND</c>: no such artifact, or the tag is not its own; <c>PRECONDITION</c>: the tag is immutable.</exception>
    public async Task DeleteAsync(RepositoryScope scope, string reference, string tag, string reason, CancellationToken ct)
    {
        var repositoryId = await repositories.FindIdAsync(scope, ct) ?? throw ContentErrors.ArtifactNotFound(scope.Name, reference);
        var key = Manifests.Manifests.TagKey(repositoryId, tag);
        await db.TransactAsync(async tx =>
        {
            await RepositoryLocks.ChangeAsync(tx, scope, repositoryId);
            var artifact = await ReferencedArtifact.HoldAsync(tx, scope, repositoryId, reference, ReferencedArtifact.Change);
            await pauses.ReachAsync("untag.held", tx.Ct);
            if (await tx.ScalarAsync<long?>("SELECT artifact_id FROM tag WHERE repository_id = $1 AND name = $2 FOR UPDATE", repositoryId, tag) != artifact)
            {
                throw ContentErrors.TagNotFound(scope.Name, tag);
            }

            if ((await ImmutabilityRules.ReadAsync(tx, scope.Project.Id)).Cover(scope.Name, tag))
            {
                throw ImmutabilityErrors.NotDeleted(tag);
            }

            var deletion = await tx.ScalarAsync<long>("""
                INSERT INTO deletion (repository_id, deleted_at, deleted_by, reason, kind) VALUES ($1, harbor_now(), $2, $3, $4) RETURNING id
                """, repositoryId, scope.Caller.Name, reason, Deletion.DeletionKind.Tag);
            await tx.ExecuteAsync("""
                WITH gone AS (DELETE FROM tag WHERE repository_id = $1 AND name = $2 RETURNING *)
                INSERT INTO tag_trash (id, repository_id, name, artifact_id, push_time, pull_time, deletion_id)
                SELECT id, repository_id, name, artifact_id, push_time, pull_time, $3 FROM gone
                """, repositoryId, tag, deletion);
            await TagPlacing.TouchIfUntaggedAsync(tx, artifact);
            await tx.PublishAsync(new TagDeleted(scope.Project.Id, scope.Name.Value, tag, scope.Caller.RecordedName));
            await tx.EvictAsync(key);
            await tx.ExecuteAsync("UPDATE repository SET update_time = harbor_now() WHERE id = $1", repositoryId);
        }, ct);
        feed.EvictLocally(key);
    }
}
