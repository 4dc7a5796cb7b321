using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;
using Harbor.Platform.Settings;

namespace Harbor.Modules.Artifacts.Deletion;

/// <summary>Deletes artifacts of a repository by a judgement on all of them, in sets, under one deletion that can be taken back.</summary>
/// <remarks>
/// Two looks: the first, without any lock, says what might go. That is held, and everything is judged again by what a following statement
/// sees: who was given a tag meanwhile, pushed or pulled, is judged as he is now. Only what both looks condemn goes, and never what was
/// touched less than a grace ago.
/// </remarks>
public sealed class ArtifactPruning(Database db, RepositoryDirectory repositories, HarborOptions options, PausePoints pauses)
{
    /// <summary>The first look; none when there is no such repository.</summary>
    public async Task<IReadOnlyList<PruneCandidate>> ListAsync(RepositoryScope scope, CancellationToken ct)
    {
        if (await repositories.FindIdAsync(scope, ct) is not { } repositoryId)
        {
            return [];
        }

        await using var command = db.Command(PruneQueries.Candidates).With(repositoryId, options.GarbageGrace);
        return await command.ListAsync(PruneQueries.Read, ct);
    }

    /// <summary>The second look, and the deletion.</summary>
    /// <param name="suspects">What the first look condemned.</param>
    /// <param name="condemn">Judges all candidates; ids of those that have to go.</param>
    /// <param name="reason">What did it, such as <c>retention</c>; kept with the deletion.</param>
    /// <param name="isDryRun">Whether to hold and delete nothing, and only tell what would become of them.</param>
    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>: the project was deleted meanwhile.</exception>
    public async Task<Pruned> PruneAsync(
        Transaction tx, RepositoryScope scope, IReadOnlyCollection<long> suspects, Func<IReadOnlyList<PruneCandidate>, Task<IReadOnlySet<long>>> condemn, string reason,
        bool isDryRun)
    {
        if (await repositories.FindIdAsync(scope, tx.Ct) is not { } repositoryId)
        {
            return new Pruned([], new HashSet<long>(), new HashSet<long>(), []);
        }

        var deletion = new DeletionTransaction(tx, scope, repositoryId, options.GarbageGrace, pauses, readOnly: isDryRun);
        if (!isDryRun)
        {
            await RepositoryLocks.ChangeAsync(tx, scope, repositoryId);
            await deletion.HoldAsync([.. suspects]);
            await pauses.ReachAsync("prune.held", tx.Ct);
        }

        var candidates = await tx.ListAsync(PruneQueries.Candidates, PruneQueries.Read, repositoryId, options.GarbageGrace);
        var condemned = await condemn(candidates);
        long[] asked = [.. candidates.Where(each => !each.IsFresh && condemned.Contains(each.Id)).Select(each => each.Id).Intersect(suspects)];
        var (all, roots) = await deletion.DroppableTogetherAsync(asked);
        if (!isDryRun && roots.Length > 0)
        {
            await deletion.HideAsync(all, roots, reason);
        }

        return new Pruned(candidates, roots.ToHashSet(), asked.Except(roots).ToHashSet(), deletion.Changed);
    }
}
