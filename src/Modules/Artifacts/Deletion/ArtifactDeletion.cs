using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Events;
using Harbor.Platform.Settings;

namespace Harbor.Modules.Artifacts.Deletion;

/// <summary>
/// Hides artifacts: with their tags, their accessories, and the children that nothing else needs. The rows stay until the collector
/// frees them, so that a deletion can be taken back; what they use is no longer charged.
/// </summary>
public sealed class ArtifactDeletion(
    Database db, RepositoryDirectory repositories, ChangeFeed feed, HarborOptions options, PausePoints pauses)
{
    /// <summary>Deletes one artifact.</summary>
    /// <param name="reason">What did it, such as <c>api</c> or <c>retention</c>; kept with the deletion.</param>
    /// <exception cref="RegistryException">
    /// <c>NOT_FOUND</c>; <c>VIOLATE_FOREIGN_KEY_CONSTRAINT</c>: a visible index names it; <c>PRECONDITION</c>: it, or what would go
    /// with it, has an immutable tag.
    /// </exception>
    public Task DeleteAsync(RepositoryScope scope, Digest digest, string reason, CancellationToken ct) => DeleteAsync(scope, digest.Value, reason, ct);

    /// <inheritdoc cref="DeleteAsync(RepositoryScope, Digest, string, CancellationToken)"/>
    /// <param name="reference">A digest, or one of its tags: all of them go.</param>
    public async Task DeleteAsync(RepositoryScope scope, string reference, string reason, CancellationToken ct)
    {
        if (await repositories.FindIdAsync(scope, ct) is not { } repositoryId)
        {
            throw ContentErrors.ArtifactNotFound(scope.Name, reference);
        }

        await RunAsync(scope, repositoryId, RepositoryLocks.ChangeAsync, async deletion =>
        {
            var root = await HoldRootAsync(deletion, scope, reference, ct);
            if (await deletion.HasVisibleParentAsync(root))
            {
                throw ContentErrors.ReferencedByOthers();
            }

            return (await deletion.DroppedWithAsync(root), [root]);
        }, reason, ct);
    }

    /// <summary>Deletes those of the artifacts that are still untagged when they are held, and what goes with them, as one act.</summary>
    /// <returns>How many artifacts went.</returns>
    /// <exception cref="RegistryException"><c>PRECONDITION</c>: an immutable tag would go with one of them, so none of them goes.</exception>
    internal Task<int> DeleteUntaggedAsync(RepositoryScope scope, long repositoryId, long[] artifacts, string reason, CancellationToken ct) =>
        RunAsync(scope, repositoryId, RepositoryLocks.ChangeAsync, async deletion =>
        {
            await deletion.HoldAsync(artifacts);
            await pauses.ReachAsync("delete.held", ct);
            var roots = await deletion.UntaggedAsync(artifacts);
            return (await deletion.DroppedWithAsync(roots), roots);
        }, reason, ct);

    /// <summary>The artifacts that would go with these. Holds nothing and changes nothing.</summary>
    internal Task<long[]> WouldGoAsync(RepositoryScope scope, long repositoryId, long[] artifacts, CancellationToken ct) => db.TransactAsync(
        tx => new DeletionTransaction(tx, scope, repositoryId, options.GarbageGrace, pauses, readOnly: true).DroppedWithAsync(artifacts), ct);

    /// <summary>Deletes everything in a repository, which becomes invisible.</summary>
    /// <exception cref="RegistryException"><c>NOT_FOUND</c>: it holds no visible artifact; <c>PRECONDITION</c>: it has an immutable tag.</exception>
    public async Task DeleteRepositoryAsync(RepositoryScope scope, string reason, CancellationToken ct)
    {
        if (await repositories.FindIdAsync(scope, ct) is not { } repositoryId)
        {
            throw new RegistryException(ErrorCode.NotFound, $"repository {scope.Name} not found");
        }

        await RunAsync(scope, repositoryId, RepositoryLocks.HoldAsync, async deletion =>
        {
            var all = await deletion.HoldAllVisibleAsync();
            return all.Length > 0 ? (all, []) : throw new RegistryException(ErrorCode.NotFound, $"repository {scope.Name} not found");
        }, reason, ct);
    }

    // What waited for the lock may have found the artifact gone, or the tag moved: then it is another artifact that is meant.
    private async Task<long> HoldRootAsync(DeletionTransaction deletion, RepositoryScope scope, string reference, CancellationToken ct)
    {
        while (true)
        {
            var root = await deletion.FindAsync(reference) ?? throw ContentErrors.ArtifactNotFound(scope.Name, reference);
            await deletion.HoldAsync([root]);
            await pauses.ReachAsync("delete.held", ct);
            if (await deletion.FindAsync(reference) == root)
            {
                return root;
            }
        }
    }

    private async Task<int> RunAsync(
        RepositoryScope scope, long repositoryId, Func<Transaction, RepositoryScope, long, Task> hold, Func<DeletionTransaction, Task<(long[] All, long[] Roots)>> choose, string reason, CancellationToken ct)
    {
        var (count, changed) = await db.TransactAsync(async tx =>
        {
            var deletion = new DeletionTransaction(tx, scope, repositoryId, options.GarbageGrace, pauses);
            await hold(tx, scope, repositoryId);
            await pauses.ReachAsync("delete.repository-held", tx.Ct);
            var (all, roots) = await choose(deletion);
            await deletion.RefuseImmutableAsync(all);
            if (all.Length > 0)
            {
                await deletion.HideAsync(all, roots, reason);
            }

            return (all.Length, deletion.Changed);
        }, ct);
        changed.ForEach(feed.EvictLocally);
        return count;
    }
}
