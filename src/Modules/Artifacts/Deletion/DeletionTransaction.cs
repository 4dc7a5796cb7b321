using Harbor.Modules.Artifacts.Blobs;
using Harbor.Modules.Artifacts.Collection;
using Harbor.Modules.Immutability;
using Harbor.Modules.Quotas;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Diagnostics;

namespace Harbor.Modules.Artifacts.Deletion;

/// <summary>The steps of one deletion: hold what may go, look what goes, hide it.</summary>
/// <param name="readOnly">Whether it is only looked what would go, and nothing held.</param>
internal sealed class DeletionTransaction(Transaction tx, RepositoryScope scope, long repositoryId, TimeSpan grace, PausePoints pauses, bool readOnly = false)
{
    // Past this a chain of accessories of accessories is not followed; nobody signs signatures that deep.
    private const int MaxRounds = 16;

    /// <summary>Keys of cached facts that are no longer true.</summary>
    public List<string> Changed { get; } = [];

    public Task<long?> FindAsync(string reference) => ReferencedArtifact.FindAsync(tx, repositoryId, reference);

    /// <summary>Holds artifacts so that nobody can add a reference to them, a tag, a parent or an accessory.</summary>
    public Task HoldAsync(long[] artifacts) => tx.ExecuteAsync("SELECT 1 FROM artifact WHERE id = ANY($1) ORDER BY id FOR UPDATE", (object)artifacts);

    public async Task<long[]> HoldAllVisibleAsync() =>
        [.. await tx.ListAsync(
            "SELECT id FROM artifact WHERE repository_id = $1 AND deletion_id IS NULL ORDER BY id FOR UPDATE", row => row.GetInt64(0), repositoryId)];

    public async Task<bool> HasVisibleParentAsync(long artifact) => await tx.ScalarAsync<bool?>("""
        SELECT true FROM artifact_reference JOIN artifact AS parent ON parent.id = parent_id
        WHERE child_id = $1 AND parent.deletion_id IS NULL LIMIT 1
        """, artifact) == true;

    /// <summary>Those of the held artifacts that nothing names and nobody has touched for a grace.</summary>
    public async Task<long[]> UntaggedAsync(long[] artifacts) =>
        [.. await tx.ListAsync($"SELECT a.id FROM artifact a WHERE a.id = ANY($1) AND {UntaggedArtifacts.IsUntagged("$2")} ORDER BY a.id", row => row.GetInt64(0), artifacts, grace)];

    /// <summary>What goes with held roots: their accessories, and children without a tag and without a parent that stays.</summary>
    /// <remarks>Each round holds what the round before found, then looks again: what is held can gain no reference any more.</remarks>
    public async Task<long[]> DroppedWithAsync(params long[] roots) => (await FollowAsync(roots)).All;

    /// <summary>
    /// What can go of held roots, and what goes with them: a root stays when it, or anything that would go with it, has an immutable tag.
    /// </summary>
    public async Task<(long[] All, long[] Roots)> DroppableTogetherAsync(long[] roots)
    {
        var rules = await ImmutabilityRules.ReadAsync(tx, scope.Project.Id);
        while (roots.Length > 0)
        {
            var (all, edges) = await FollowAsync(roots);
            var immutable = rules.IsEmpty ? [] : (await TagsAsync(all)).Where(tag => rules.Cover(scope.Name, tag.Name)).Select(tag => tag.ArtifactId).ToHashSet();
            if (immutable.Count == 0)
            {
                return (all, roots);
            }

            // Whatever leads to one of them stays, and then so does what it would have taken along.
            var above = edges.ToLookup(edge => edge.To, edge => edge.From);
            var pending = new Stack<long>(immutable);
            while (pending.TryPop(out var kept))
            {
                foreach (var next in above[kept].Where(immutable.Add))
                {
                    pending.Push(next);
                }
            }

            roots = [.. roots.Where(root => !immutable.Contains(root))];
        }

        return ([], []);
    }

    /// <summary>Refuses when one of the held artifacts has an immutable tag: they can gain no tag any more, and the rules stay as they are.</summary>
    public async Task RefuseImmutableAsync(long[] artifacts)
    {
        var rules = await ImmutabilityRules.ReadAsync(tx, scope.Project.Id);
        if (rules.IsEmpty)
        {
            return;
        }

        if ((await TagsAsync(artifacts)).FirstOrDefault(tag => rules.Cover(scope.Name, tag.Name)) is { Name: { } kept })
        {
            throw ImmutabilityErrors.NotDeleted(kept);
        }
    }

    /// <summary>Hides held artifacts under one deletion, and tells of it.</summary>
    /// <param name="roots">Those that were asked for, and the rest goes with them; none: the whole repository was.</param>
    public async Task HideAsync(long[] artifacts, long[] roots, string reason)
    {
        var isRepository = roots.Length == 0;
        var deletion = await tx.ScalarAsync<long>("""
            INSERT INTO deletion (repository_id, deleted_at, deleted_by, reason, kind) VALUES ($1, harbor_now(), $2, $3, $4) RETURNING id
            """, repositoryId, scope.Caller.Name, reason, isRepository ? DeletionKind.Repository : DeletionKind.Artifact);
        var hidden = await tx.ListAsync("UPDATE artifact SET deletion_id = $2 WHERE id = ANY($1) RETURNING digest, id",
            row => (Digest: row.GetFieldValue<byte[]>(0), Id: row.GetInt64(1)), artifacts, deletion);
        await pauses.ReachAsync("delete.hidden", tx.Ct);

        var tags = await tx.ListAsync("""
            WITH gone AS (DELETE FROM tag WHERE artifact_id = ANY($1) RETURNING *)
            INSERT INTO tag_trash (id, repository_id, name, artifact_id, push_time, pull_time, deletion_id)
            SELECT id, repository_id, name, artifact_id, push_time, pull_time, $2 FROM gone
            RETURNING name, artifact_id
            """, row => (Name: row.GetString(0), ArtifactId: row.GetInt64(1)), artifacts, deletion);

        var quota = new QuotaLedger(tx, scope.Project.Id);
        var unused = await BlobLinks.ReleaseAsync(tx, quota, repositoryId, artifacts, grace);
        await pauses.ReachAsync("delete.released", tx.Ct);
        await quota.RefundAsync([.. hidden.Select(artifact => artifact.Digest)]);

        Changed.AddRange(tags.Select(tag => Manifests.Manifests.TagKey(repositoryId, tag.Name)));
        Changed.AddRange(hidden.Select(artifact => Manifests.Manifests.ArtifactKey(repositoryId, Digest.FromBytes(artifact.Digest))));
        Changed.AddRange(unused.Select(blob => Blobs.Blobs.Key(repositoryId, Digest.FromBytes(blob))));
        await tx.EvictAsync(Changed);
        await TouchRepositoryAsync(deletion, isRepository);
        await quota.SettleAsync(isRepository
            ? [tx.Publication(new RepositoryDeleted(scope.Project.Id, scope.Name.Value, scope.Caller.RecordedName))]
            : Publications(roots, hidden.ToDictionary(artifact => artifact.Id, artifact => artifact.Digest), tags.ToLookup(tag => tag.ArtifactId, tag => tag.Name)));
        await pauses.ReachAsync("delete.settled", tx.Ct);
    }

    // One that is pushed into again after it was deleted is a new one to its users; what they wrote of the old one waits with the deletion.
    private async Task TouchRepositoryAsync(long deletion, bool isRepository)
    {
        if (isRepository)
        {
            await using var _ = await tx.BatchAsync(
                ("UPDATE deletion SET description = repository.description, pull_count = repository.pull_count FROM repository WHERE deletion.id = $1 AND repository.id = $2",
                    [deletion, repositoryId]),
                ("UPDATE repository SET description = '', pull_count = 0 WHERE id = $1", [repositoryId]));
        }

        await tx.ExecuteAsync($"UPDATE repository SET update_time = harbor_now(), known_visible = {RepositoryCounts.StillVisible} WHERE id = $1", repositoryId);
    }

    private (string Sql, object?[] Values)[] Publications(long[] roots, Dictionary<long, byte[]> digests, ILookup<long, string> tags) =>
        [.. roots.Select(root => tx.Publication(new ArtifactDeleted(
            scope.Project.Id, scope.Name.Value, root, Digest.FromBytes(digests[root]).Value, [.. tags[root].Order(StringComparer.Ordinal)], scope.Caller.RecordedName)))];

    private async Task<(long[] All, HashSet<(long From, long To)> Edges)> FollowAsync(long[] roots)
    {
        HashSet<long> dropped = [.. roots];
        HashSet<long> held = [.. roots];
        HashSet<(long From, long To)> edges = [];
        for (var round = 0; round < MaxRounds; round++)
        {
            edges.UnionWith(await BelowAsync([.. dropped]));
            var candidates = edges.Select(edge => edge.To).Distinct().ToArray();
            var unheld = candidates.Where(held.Add).ToArray();
            if (unheld.Length > 0 && !readOnly)
            {
                await HoldAsync(unheld);
                await pauses.ReachAsync("delete.more-held", tx.Ct);
            }

            var before = dropped.Count;
            dropped.UnionWith(await DroppableAsync([.. dropped], candidates));
            if (unheld.Length == 0 && dropped.Count == before)
            {
                break;
            }
        }

        return ([.. dropped.Order()], edges);
    }

    private Task<List<(string Name, long ArtifactId)>> TagsAsync(long[] artifacts) => tx.ListAsync(
        "SELECT name, artifact_id FROM tag WHERE artifact_id = ANY($1) ORDER BY name", row => (row.GetString(0), row.GetInt64(1)), (object)artifacts);

    // From an index to its children, and from a subject to its accessories.
    private Task<List<(long From, long To)>> BelowAsync(long[] dropped) => tx.ListAsync("""
        SELECT parent_id, child.id FROM artifact_reference JOIN artifact AS child ON child.id = child_id
        WHERE parent_id = ANY($1) AND child.deletion_id IS NULL
        UNION
        SELECT subject.id, added.id FROM artifact AS subject
        JOIN accessory ON accessory.repository_id = subject.repository_id AND accessory.subject_digest = subject.digest
        JOIN artifact AS added ON added.id = accessory.artifact_id AND added.deletion_id IS NULL
        WHERE subject.id = ANY($1)
        """, row => (row.GetInt64(0), row.GetInt64(1)), (object)dropped);

    // An accessory goes with its subject whatever tags it has; a child goes when nothing that stays needs it.
    private async Task<List<long>> DroppableAsync(long[] dropped, long[] candidates) => await tx.ListAsync("""
        SELECT candidate.id FROM artifact AS candidate
        WHERE candidate.id = ANY($2) AND candidate.deletion_id IS NULL
          AND NOT EXISTS (
            SELECT 1 FROM artifact_reference JOIN artifact AS parent ON parent.id = parent_id
            WHERE child_id = candidate.id AND parent.deletion_id IS NULL AND NOT parent.id = ANY($1))
          AND (NOT EXISTS (SELECT 1 FROM tag WHERE tag.artifact_id = candidate.id)
            OR EXISTS (
              SELECT 1 FROM accessory JOIN artifact AS subject ON subject.repository_id = accessory.repository_id AND subject.digest = accessory.subject_digest
              WHERE accessory.artifact_id = candidate.id AND subject.id = ANY($1)))
        """, row => row.GetInt64(0), dropped, candidates);
}
