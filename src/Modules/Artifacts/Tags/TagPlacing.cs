using Harbor.Oci;
using Harbor.Platform.Data;

namespace Harbor.Modules.Artifacts.Tags;

/// <summary>Lets tags name artifacts of one repository, inside a transaction that holds the artifacts, those that lose a tag included.</summary>
internal sealed class TagPlacing(Transaction tx, long repositoryId)
{
    /// <summary>Keys of cached facts that are no longer true.</summary>
    public List<string> Changed { get; } = [];

    /// <summary>Makes or moves a tag. Moving one is told to the replicas; a new one nobody can have cached.</summary>
    /// <param name="whenTaken">Thrown when there is such a tag already, whatever it names.</param>
    /// <param name="whenMoved">Thrown when it names another artifact.</param>
    public async Task PlaceAsync(string name, long artifactId, RegistryException? whenTaken = null, RegistryException? whenMoved = null)
    {
        if (await HoldAsync(name, artifactId) is not { } previous)
        {
            return;
        }

        if ((whenTaken ?? (previous == artifactId ? null : whenMoved)) is { } refusal)
        {
            throw refusal;
        }

        if (previous == artifactId)
        {
            return;
        }

        await tx.ExecuteAsync("UPDATE tag SET artifact_id = $3, push_time = harbor_now(), pull_time = NULL WHERE repository_id = $1 AND name = $2",
            repositoryId, name, artifactId);
        await TouchIfUntaggedAsync(tx, previous);
        var key = Manifests.Manifests.TagKey(repositoryId, name);
        await tx.EvictAsync(key);
        Changed.Add(key);
    }

    /// <summary>An artifact has lost a tag: if that was the last, what collects untagged artifacts leaves it alone for a grace.</summary>
    public static Task<int> TouchIfUntaggedAsync(Transaction tx, long artifact) => tx.ExecuteAsync("""
        UPDATE artifact SET touched_at = harbor_now()
        WHERE id = $1 AND deletion_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM tag WHERE artifact_id = $1)
          AND NOT EXISTS (SELECT 1 FROM artifact_reference WHERE child_id = $1)
        """, artifact);

    // The artifact that the tag names, the tag being held; null when the tag was free, was made and names ours.
    private async Task<long?> HoldAsync(string name, long artifactId)
    {
        while (true)
        {
            var made = await tx.ExecuteAsync("""
                INSERT INTO tag (repository_id, name, artifact_id, push_time) VALUES ($1, $2, $3, harbor_now())
                ON CONFLICT (repository_id, name) DO NOTHING
                """, repositoryId, name, artifactId);
            if (made == 1)
            {
                return null;
            }

            if (await tx.ScalarAsync<long?>("SELECT artifact_id FROM tag WHERE repository_id = $1 AND name = $2 FOR UPDATE", repositoryId, name) is { } before)
            {
                return before;
            }
        }
    }
}
