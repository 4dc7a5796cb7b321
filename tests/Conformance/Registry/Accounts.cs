using System.Runtime.CompilerServices;
using Harbor.Support;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Harbor.Conformance.Registry;

/// <summary>What must add up at every moment, whatever clients did: rows with rows, and rows with files.</summary>
internal static class Accounts
{
    private static readonly ConditionalWeakTable<TestHarbor, StrongBox<int>> Told = [];

    private static readonly (string Claim, string Exceptions)[] Rows =
    [
        ("a link counts the visible artifacts that name its blob", """
            SELECT link.repository_id || '/' || link.blob_id FROM repository_blob AS link
            WHERE uses <> (SELECT count(*) FROM artifact_blob JOIN artifact ON artifact.id = artifact_id
                           WHERE blob_id = link.blob_id AND repository_id = link.repository_id AND deletion_id IS NULL)
            """),
        ("a link in use is charged", "SELECT repository_id || '/' || blob_id FROM repository_blob WHERE uses > 0 AND NOT charged"),
        ("a project counts charged links and visible artifacts", """
            SELECT coalesce(counted.project_id, kept.project_id) || ' ' || encode(coalesce(counted.digest, kept.digest), 'hex')
            FROM (
                SELECT project_id, digest, count(*) AS times FROM (
                    SELECT project_id, digest FROM repository_blob JOIN repository ON repository.id = repository_id JOIN blob ON blob.id = blob_id WHERE charged
                    UNION ALL
                    SELECT project_id, digest FROM artifact JOIN repository ON repository.id = repository_id WHERE deletion_id IS NULL) AS named
                GROUP BY project_id, digest) AS counted
            FULL JOIN (SELECT * FROM project_blob WHERE count > 0) AS kept ON kept.project_id = counted.project_id AND kept.digest = counted.digest
            WHERE counted.times IS DISTINCT FROM kept.count
            """),
        ("quota used is the sum of what is counted", """
            SELECT quota.project_id || ': ' || used FROM quota
            WHERE used <> (SELECT coalesce(sum(size), 0) FROM project_blob WHERE project_blob.project_id = quota.project_id AND count > 0)
            """),
        ("a tag names a visible artifact", "SELECT tag.name FROM tag JOIN artifact ON artifact.id = artifact_id WHERE deletion_id IS NOT NULL"),
        ("a blob is linked, or named by an artifact", """
            SELECT encode(digest, 'hex') FROM blob
            WHERE NOT EXISTS (SELECT 1 FROM repository_blob WHERE blob_id = blob.id) AND NOT EXISTS (SELECT 1 FROM artifact_blob WHERE blob_id = blob.id)
            """),
        ("a blob whose link nothing uses will be reviewed", """
            SELECT blob_id::text FROM repository_blob WHERE uses = 0 AND NOT EXISTS (SELECT 1 FROM blob_review WHERE blob_review.blob_id = repository_blob.blob_id)
            """),
        ("a manifest is its digest's", """
            SELECT artifact.id::text FROM artifact LEFT JOIN manifest ON manifest.artifact_id = artifact.id
            WHERE artifact.digest <> coalesce(CASE get_byte(artifact.digest, 0) WHEN 1 THEN '\x01'::bytea || sha256(content) ELSE '\x02'::bytea || sha512(content) END, '')
               OR manifest_size <> length(content)
            """),
    ];

    /// <summary>Asserts all of it, and that the server never failed. May be called while other tests run.</summary>
    public static async Task CheckAsync(TestHarbor harbor)
    {
        CheckLog(harbor);
        foreach (var (claim, exceptions) in Rows)
        {
            var broken = await harbor.Database.QueryAsync($"SELECT string_agg(exception, ', ') FROM ({exceptions}) AS found (exception)");
            Assert.True(broken is null, $"Not so: {claim}: {broken}");
        }

        await CheckFilesAsync(harbor);
    }

    // Each failure is told to one test. What Kestrel says of a body whose chunks are no chunks, after the client was told so, is about
    // the client.
    private static void CheckLog(TestHarbor harbor)
    {
        var told = Told.GetValue(harbor, _ => new StrongBox<int>(0));
        List<CapturedLogs.Entry> news;
        lock (told)
        {
            news = [.. harbor.Logs.Entries.Skip(told.Value)];
            told.Value += news.Count;
        }

        var failures = news
            .Where(entry => entry.Level >= LogLevel.Error && !entry.Message.Contains("automatic draining of the request body", StringComparison.Ordinal))
            .Select(entry => $"{entry.Message} {entry.Exception}").ToList();
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    // A row is there before its file and goes after it, so a file found first has an owner, or is gone, when rows are read after it.
    private static async Task CheckFilesAsync(TestHarbor harbor)
    {
        var root = Path.Combine(harbor.DataDirectory, "storage");
        var files = new[] { "docker", "uploads" }.Select(folder => Path.Combine(root, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)).Select(file => Path.GetRelativePath(root, file)).ToList();
        var owned = (string[])(await harbor.Database.QueryAsync("""
            SELECT coalesce(array_agg(place), '{}') FROM (
                SELECT location FROM blob UNION SELECT location FROM erasure UNION SELECT location FROM upload
                UNION SELECT staged FROM upload UNION SELECT claim_staged FROM upload) AS owners (place)
            WHERE place IS NOT NULL
            """))!;
        Assert.DoesNotContain(files.Except(owned), file => File.Exists(Path.Combine(root, file)));

        var blobs = (string[])(await harbor.Database.QueryAsync("SELECT coalesce(array_agg(size || ' ' || location), '{}') FROM blob"))!;
        foreach (var blob in blobs.Select(row => row.Split(' ', 2)))
        {
            var file = new FileInfo(Path.Combine(root, blob[1]));
            if (!file.Exists || file.Length != long.Parse(blob[0], null))
            {
                Assert.Equal(0L, await harbor.Database.QueryAsync($"SELECT count(*) FROM blob WHERE location = '{blob[1]}'"));   // deleted meanwhile
            }
        }
    }
}
