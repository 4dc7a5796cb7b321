using Harbor.Oci;
using Harbor.Platform.Data;

namespace Harbor.Modules.Artifacts;

/// <summary>Finds what a tag or a digest names, inside a transaction that is about to do something with it.</summary>
internal static class ReferencedArtifact
{
    /// <summary>Lock of whoever adds a reference to it.</summary>
    public const string Share = "FOR KEY SHARE";

    /// <summary>Lock of whoever changes the row itself.</summary>
    public const string Change = "FOR NO KEY UPDATE";

    // Each round, somebody else has moved the tag between the look and the lock.
    private const int MaxRounds = 16;

    /// <summary>Row of the visible artifact; null when there is none.</summary>
    public static Task<long?> FindAsync(Transaction tx, long repositoryId, string reference) => Digest.TryParse(reference, out var digest)
        ? tx.ScalarAsync<long?>("SELECT id FROM artifact WHERE repository_id = $1 AND digest = $2 AND deletion_id IS NULL", repositoryId, digest.ToBytes())
        : tx.ScalarAsync<long?>("SELECT artifact_id FROM tag WHERE repository_id = $1 AND name = $2", repositoryId, reference);

    /// <summary>Holds the artifact, and makes sure that it is still the one named.</summary>
    /// <exception cref="RegistryException"><c>NOT_FOUND</c>.</exception>
    public static async Task<long> HoldAsync(Transaction tx, RepositoryScope scope, long repositoryId, string reference, string strength)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var found = await FindAsync(tx, repositoryId, reference) ?? throw ContentErrors.ArtifactNotFound(scope.Name, reference);
            await tx.ExecuteAsync($"SELECT 1 FROM artifact WHERE id = $1 {strength}", found);
            if (await FindAsync(tx, repositoryId, reference) == found)
            {
                return found;
            }
        }

        throw ContentErrors.Busy();
    }
}
