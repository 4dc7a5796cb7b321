using Harbor.Oci;
using Harbor.Platform.Data;
using Npgsql;

namespace Harbor.Modules.Fsck;

/// <summary>Every artifact has a manifest of the length that it says; in a deep check the bytes are hashed, too.</summary>
internal sealed class ManifestCheck(FsckRun run, Database db)
{
    private const int BatchSize = 500;

    // Length without content reads no content: it is kept apart, and not compressed.
    private string Select => $"""
        SELECT artifact.id, artifact.digest, artifact.manifest_size, repository.name, octet_length(manifest.content), {(run.Options.Deep ? "content" : "NULL::bytea")}
        FROM artifact JOIN repository ON repository.id = artifact.repository_id LEFT JOIN manifest ON manifest.artifact_id = artifact.id
        """;

    public async Task RunAsync(CancellationToken ct)
    {
        run.Tally.Phase = "manifests";
        var after = long.MinValue;
        while (true)
        {
            var suspects = new List<long>();
            var last = after;
            await using (var command = db.Command($"{Select} WHERE artifact.id > $1 ORDER BY artifact.id LIMIT {BatchSize}").With(after))
            await using (var reader = await command.ExecuteReaderAsync(ct))
            {
                // One manifest in memory at a time.
                while (await reader.ReadAsync(ct))
                {
                    last = reader.GetInt64(0);
                    run.Tally.Manifests++;
                    if (Judge(reader) is not null)
                    {
                        suspects.Add(last);
                    }
                }
            }

            foreach (var suspect in suspects)
            {
                await LookAgainAsync(suspect, ct);
            }

            if (last == after)
            {
                return;
            }

            after = last;
        }
    }

    private async Task LookAgainAsync(long artifactId, CancellationToken ct)
    {
        await using var command = db.Command($"{Select} WHERE artifact.id = $1").With(artifactId);
        if (await command.FindAsync(Judge, ct) is { } finding)
        {
            await run.TellAsync(finding);
        }
    }

    // Null: all is well.
    private Finding? Judge(NpgsqlDataReader row)
    {
        var digest = Digest.FromBytes(row.GetFieldValue<byte[]>(1));
        var size = row.GetInt32(2);
        Finding Of(FindingKind kind, string detail) => new(kind, FindingOutcome.Remains, digest.Value, null, size, [row.GetString(3)], detail);
        if (row.IsDBNull(4))
        {
            return Of(FindingKind.ManifestMissing, "the artifact has no manifest");
        }

        if (row.GetInt32(4) != size)
        {
            return Of(FindingKind.ManifestCorrupt, $"the manifest has {row.GetInt32(4)} bytes");
        }

        if (!run.Options.Deep)
        {
            return null;
        }

        var content = row.GetFieldValue<byte[]>(5);
        run.Tally.BytesRead += content.Length;
        return Digest.Of(content, digest.Algorithm) == digest ? null : Of(FindingKind.ManifestCorrupt, "the manifest has another digest");
    }
}
