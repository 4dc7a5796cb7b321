using System.Runtime.CompilerServices;
using Harbor.Modules.Access;
using Harbor.Modules.Artifacts.Deletion;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Settings;

namespace Harbor.Modules.Artifacts.Collection;

/// <summary>Artifacts that nothing names: no tag, no index, no subject. Looking for them reads every artifact once; deleting them costs what they are.</summary>
public sealed class UntaggedArtifacts(Database db, ArtifactDeletion deletions, HarborOptions options)
{
    /// <summary>What is written down as who and why.</summary>
    public const string Reason = "garbage collection";

    private const int BatchSize = 500;

    /// <summary>SQL: whether artifact <c>a</c> is one, and has not been touched for a grace.</summary>
    internal static string IsUntagged(string grace) =>
        $"a.deletion_id IS NULL AND a.touched_at <= harbor_now() - {grace} AND NOT {ArtifactSql.IsTagged} AND NOT {ArtifactSql.IsAccessory} AND NOT {ArtifactSql.IsChild}";

    /// <summary>Finds them, some of one repository at a time.</summary>
    internal async IAsyncEnumerable<UntaggedBatch> FindAsync([EnumeratorCancellation] CancellationToken ct)
    {
        (long Repository, byte[] Digest) after = (0, []);
        while (true)
        {
            await using var command = db.Command($"""
                SELECT a.id, a.digest, a.repository_id, repository.name, project.id, project.name, {VisibleProjects.IsPublic}, project.creation_time
                FROM artifact a JOIN repository ON repository.id = a.repository_id JOIN project ON project.id = repository.project_id
                WHERE (a.repository_id, a.digest) > ($1, $2) AND NOT project.deleted AND {IsUntagged("$3")}
                ORDER BY a.repository_id, a.digest LIMIT $4
                """).With(after.Repository, after.Digest, options.GarbageGrace, BatchSize);
            var found = await command.ListAsync(row => (
                Id: row.GetInt64(0),
                Digest: row.GetFieldValue<byte[]>(1),
                Repository: row.GetInt64(2),
                Name: row.GetString(3),
                Project: new ProjectInfo(row.GetInt64(4), row.GetString(5), row.GetBoolean(6), row.GetFieldValue<DateTimeOffset>(7))), ct);
            foreach (var batch in found.GroupBy(artifact => artifact.Repository))
            {
                var (_, _, repository, name, project) = batch.First();
                yield return new UntaggedBatch(project, repository, name, [.. batch.Select(artifact => artifact.Id)]);
            }

            if (found.Count < BatchSize)
            {
                yield break;
            }

            after = (found[^1].Repository, found[^1].Digest);
        }
    }

    /// <summary>Deletes them, so that each act can be restored. One that an immutable tag protects, on its signature say, is left and told.</summary>
    /// <param name="told">Hears a line for each repository.</param>
    /// <returns>How many artifacts went, those that went along included.</returns>
    public async Task<long> DeleteAsync(Action<string> told, CancellationToken ct)
    {
        long all = 0;
        await foreach (var batch in FindAsync(ct))
        {
            ct.ThrowIfCancellationRequested();
            var count = await DeleteAsync(batch, told, ct);
            all += count;
            told($"{batch.Repository}: {count} untagged artifacts deleted, what went with them included");
        }

        return all;
    }

    /// <summary>Rows of those that <see cref="DeleteAsync(Action{string}, CancellationToken)"/> would delete, what goes with them included. Changes nothing.</summary>
    internal async Task<long[]> SimulateAsync(CancellationToken ct)
    {
        var all = new HashSet<long>();
        await foreach (var batch in FindAsync(ct))
        {
            all.UnionWith(await deletions.WouldGoAsync(ScopeOf(batch), batch.RepositoryId, batch.Artifacts, ct));
        }

        return [.. all];
    }

    private async Task<long> DeleteAsync(UntaggedBatch batch, Action<string> told, CancellationToken ct)
    {
        try
        {
            return await deletions.DeleteUntaggedAsync(ScopeOf(batch), batch.RepositoryId, batch.Artifacts, Reason, ct);
        }
        catch (RegistryException e) when (batch.Artifacts.Length == 1)
        {
            told($"{batch.Repository}: artifact {batch.Artifacts[0]} stays: {e.Message}");
            return 0;
        }
        catch (RegistryException e) when (e.Code == ErrorCode.Precondition)
        {
            long count = 0;
            foreach (var artifact in batch.Artifacts)
            {
                count += await DeleteAsync(batch with { Artifacts = [artifact] }, told, ct);
            }

            return count;
        }
    }

    private static RepositoryScope ScopeOf(UntaggedBatch batch) => RepositoryName.TryParse(batch.Repository, out var name)
        ? RepositoryScope.OfServer(batch.Project, name, Reason)
        : throw new InvalidOperationException($"{batch.Repository} is no name of a repository.");
}

/// <summary>Untagged artifacts of one repository.</summary>
/// <param name="Repository">Full name.</param>
internal sealed record UntaggedBatch(ProjectInfo Project, long RepositoryId, string Repository, long[] Artifacts);
