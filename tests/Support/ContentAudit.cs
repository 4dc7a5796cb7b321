using Harbor.Oci;
using Npgsql;

namespace Harbor.Support;

/// <summary>Counts the content again, from the rows and the bytes themselves, and tells where a promise about them is broken.</summary>
public sealed class ContentAudit(string connectionString, string storageDirectory)
{
    // Each statement finds what must not be. The first column says what, in words.
    private static readonly string[] Promises =
    [
        """
        WITH held AS (
            SELECT repository.project_id, blob.digest, blob.size
            FROM repository_blob AS link JOIN repository ON repository.id = link.repository_id JOIN blob ON blob.id = link.blob_id
            WHERE link.charged
            UNION ALL
            SELECT repository.project_id, artifact.digest, artifact.manifest_size
            FROM artifact JOIN repository ON repository.id = artifact.repository_id
            WHERE artifact.deletion_id IS NULL),
        recount AS (SELECT project_id, digest, max(size) AS size, count(*) AS count FROM held GROUP BY project_id, digest)
        SELECT format('project %s counts %s times what %s hold: %s', project_id, kept.count, recount.count, encode(digest, 'hex'))
        FROM recount FULL JOIN project_blob AS kept USING (project_id, digest)
        WHERE recount.count IS DISTINCT FROM kept.count OR recount.size IS DISTINCT FROM kept.size
        """,
        """
        SELECT format('project %s uses %s by its quota and %s by a recount', quota.project_id, quota.used, recount.used)
        FROM quota, LATERAL (
            SELECT coalesce(sum(size), 0) AS used FROM (
                SELECT blob.digest, blob.size
                FROM repository_blob AS link JOIN repository ON repository.id = link.repository_id JOIN blob ON blob.id = link.blob_id
                WHERE link.charged AND repository.project_id = quota.project_id
                UNION
                SELECT artifact.digest, artifact.manifest_size
                FROM artifact JOIN repository ON repository.id = artifact.repository_id
                WHERE artifact.deletion_id IS NULL AND repository.project_id = quota.project_id) AS held) AS recount
        WHERE quota.used <> recount.used
        """,
        """
        SELECT format('repository %s says blob %s has %s uses; artifacts that name it: %s', repository_id, blob_id, coalesce(link.uses::text, 'no link'), coalesce(named.uses, 0))
        FROM repository_blob AS link FULL JOIN (
            SELECT artifact.repository_id, artifact_blob.blob_id, count(*) AS uses
            FROM artifact_blob JOIN artifact ON artifact.id = artifact_blob.artifact_id
            WHERE artifact.deletion_id IS NULL GROUP BY 1, 2) AS named USING (repository_id, blob_id)
        WHERE link.uses IS DISTINCT FROM coalesce(named.uses, 0)
        """,
        """
        SELECT format('blob %s is used in repository %s and not charged', blob_id, repository_id) FROM repository_blob WHERE uses > 0 AND NOT charged
        """,
        """
        SELECT format('repository %s links a blob that is gone: %s', repository_id, blob_id)
        FROM repository_blob WHERE NOT EXISTS (SELECT 1 FROM blob WHERE id = blob_id)
        """,
        """
        SELECT format('artifact %s names a blob that is gone: %s', artifact_id, blob_id)
        FROM artifact_blob WHERE NOT EXISTS (SELECT 1 FROM blob WHERE id = blob_id)
        """,
        """
        SELECT format('visible index %s names a child that is not visible: %s', parent.id, child_id)
        FROM artifact_reference JOIN artifact AS parent ON parent.id = parent_id AND parent.deletion_id IS NULL
        WHERE NOT EXISTS (SELECT 1 FROM artifact AS child WHERE child.id = child_id AND child.deletion_id IS NULL)
        """,
        """
        SELECT format('tag %s of repository %s names an artifact that is not visible: %s', name, repository_id, artifact_id)
        FROM tag WHERE NOT EXISTS (SELECT 1 FROM artifact WHERE id = artifact_id AND deletion_id IS NULL)
        """,
        """
        SELECT format('artifact %s is visible in deleted project %s', artifact.id, project.id)
        FROM artifact JOIN repository ON repository.id = artifact.repository_id JOIN project ON project.id = repository.project_id
        WHERE artifact.deletion_id IS NULL AND project.deleted
        """,
        """
        SELECT format('repository %s is known to be visible and shows nothing', id)
        FROM repository WHERE known_visible AND NOT EXISTS (SELECT 1 FROM artifact WHERE repository_id = repository.id AND deletion_id IS NULL)
        """,
        """
        SELECT format('artifact %s has no manifest', id) FROM artifact WHERE NOT EXISTS (SELECT 1 FROM manifest WHERE artifact_id = id)
        """,
        """
        SELECT format('unused blob %s of repository %s is never reviewed', blob_id, repository_id)
        FROM repository_blob AS link WHERE uses = 0 AND NOT EXISTS (SELECT 1 FROM blob_review WHERE blob_review.blob_id = link.blob_id)
        """,
        """
        SELECT format('the bytes of blob %s wait to be erased: %s', id, location) FROM blob JOIN erasure USING (location)
        """,
    ];

    /// <summary>Everything that is wrong, in words; empty when all promises hold.</summary>
    public async Task<IReadOnlyList<string>> FindAsync()
    {
        await using var connection = await OpenAsync();
        var findings = new List<string>();
        foreach (var promise in Promises)
        {
            findings.AddRange(await ListAsync(connection, promise, row => row.GetString(0)));
        }

        var blobs = await ListAsync(connection, "SELECT digest, size, location FROM blob", row =>
            (Digest: Digest.FromBytes(row.GetFieldValue<byte[]>(0)), Size: row.GetInt64(1), Location: row.IsDBNull(2) ? null : row.GetString(2)));
        foreach (var (digest, size, location) in blobs)
        {
            findings.AddRange(LookAt(digest, size, PathOf(digest, location)));
        }

        var manifests = await ListAsync(
            connection,
            "SELECT artifact.id, digest, content FROM artifact JOIN manifest ON artifact_id = artifact.id",
            row => (Id: row.GetInt64(0), Digest: Digest.FromBytes(row.GetFieldValue<byte[]>(1)), Content: row.GetFieldValue<byte[]>(2)));
        findings.AddRange(manifests
            .Where(manifest => Digest.Of(manifest.Content, manifest.Digest.Algorithm) != manifest.Digest)
            .Select(manifest => $"the manifest of artifact {manifest.Id} has another digest"));
        return findings;
    }

    /// <summary>Files that no row owns, by their path below the storage directory. Harmless, and to be expected after a crash alone.</summary>
    public async Task<IReadOnlyList<string>> OrphansAsync()
    {
        await using var connection = await OpenAsync();
        var owned = await ListAsync(connection, """
            SELECT location FROM erasure
            UNION SELECT location FROM blob WHERE location IS NOT NULL
            UNION SELECT place FROM system_artifact, unnest(ARRAY[stage, location]) AS place WHERE place IS NOT NULL
            UNION SELECT place FROM upload, unnest(ARRAY[staged, claim_staged, location]) AS place WHERE place IS NOT NULL
            """, row => row.GetString(0));
        return [.. Files().Except(owned, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>All files of content, by their path below the storage directory.</summary>
    public IEnumerable<string> Files() =>
        new[] { "uploads", "docker" }
            .Select(folder => Path.Combine(storageDirectory, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(storageDirectory, path));

    private static IEnumerable<string> LookAt(Digest digest, long size, string path)
    {
        if (!File.Exists(path))
        {
            yield return $"the bytes of {digest} are missing: {path}";
            yield break;
        }

        var content = File.ReadAllBytes(path);
        if (content.Length != size)
        {
            yield return $"{digest} has {content.Length} bytes, and {size} by its row";
        }
        else if (Digest.Of(content, digest.Algorithm) != digest)
        {
            yield return $"the bytes of {digest} have another digest";
        }
    }

    private string PathOf(Digest digest, string? location) => Path.Combine(
        storageDirectory, location ?? $"docker/registry/v2/blobs/{digest.Algorithm.WireName()}/{digest.Hex[..2]}/{digest.Hex}/data");

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<List<T>> ListAsync<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> map)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(map(reader));
        }

        return rows;
    }
}
