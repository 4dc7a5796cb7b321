using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Http.Listing;
using Harbor.Platform.Settings;
using Npgsql;

namespace Harbor.Modules.Artifacts.Trash;

/// <summary>Shows what was deleted in a project and can be restored. However much it is, it takes the same few statements.</summary>
internal sealed class TrashListing(Database db, HarborOptions options)
{
    /// <summary>How many artifacts and how many tags of one deletion are shown.</summary>
    public const int MaxShown = 100;

    private const string From = "FROM deletion JOIN repository ON repository.id = deletion.repository_id WHERE NOT deletion.freeing AND repository.project_id = ";

    private static readonly SqlColumns Columns = new(
        ("id", ColumnKind.Number, "deletion.id"),
        ("repository_name", ColumnKind.Text, "repository.name"),
        ("kind", ColumnKind.Text, "deletion.kind"),
        ("reason", ColumnKind.Text, "deletion.reason"),
        ("deleted_by", ColumnKind.Text, "deletion.deleted_by"),
        ("deletion_time", ColumnKind.Time, "deletion.deleted_at"));

    /// <summary>Newest first, if nothing else is asked.</summary>
    public async Task<Page<DeletionDto>> ListAsync(ProjectScope project, FilterQuery q, SortQuery sort, PageRequest page, CancellationToken ct)
    {
        var rows = Select(project);
        Columns.AppendFilter(rows, q);
        Columns.AppendSort(rows, sort, "deletion.deleted_at DESC", "deletion.id DESC");
        var count = new SqlText($"SELECT count(*) {From}").Parameter(project.Id);
        Columns.AppendFilter(count, q);
        var found = await SqlPages.ReadAsync(db, rows, count, page, Read, ct);
        return found with { Items = await CompletedAsync(found.Items, ct) };
    }

    public async Task<DeletionDto?> FindAsync(ProjectScope project, long id, CancellationToken ct)
    {
        await using var command = Select(project).Append(" AND deletion.id = ").Parameter(id).ToCommand(db);
        return (await CompletedAsync(await command.ListAsync(Read, ct), ct)).SingleOrDefault();
    }

    private static SqlText Select(ProjectScope project) =>
        new SqlText($"SELECT deletion.id, repository.name, deletion.kind, deletion.reason, deletion.deleted_by, deletion.deleted_at {From}").Parameter(project.Id);

    private DeletionDto Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0),
        RepositoryName = row.GetString(1),
        Kind = row.GetString(2),
        Reason = row.GetString(3),
        DeletedBy = row.GetString(4),
        DeletionTime = row.GetFieldValue<DateTimeOffset>(5),
        RestorableUntil = row.GetFieldValue<DateTimeOffset>(5) + options.RestorableFor,
    };

    private async Task<IReadOnlyList<DeletionDto>> CompletedAsync(IReadOnlyList<DeletionDto> deletions, CancellationToken ct)
    {
        if (deletions.Count == 0)
        {
            return [];
        }

        var ids = deletions.Select(deletion => deletion.Id).ToArray();
        var sums = await SumAsync(ids, ct);
        var artifacts = await ArtifactsAsync(ids, ct);
        var tags = await TagsAsync(ids, ct);
        return
        [
            .. deletions.Select(deletion => deletion with
            {
                ArtifactCount = sums[deletion.Id].Artifacts,
                TagCount = sums[deletion.Id].Tags,
                Size = sums[deletion.Id].Bytes,
                Artifacts = [.. artifacts[deletion.Id]],
                Tags = [.. tags[deletion.Id]],
            }),
        ];
    }

    private async Task<Dictionary<long, (long Artifacts, long Tags, long Bytes)>> SumAsync(long[] ids, CancellationToken ct)
    {
        await using var command = db.Command("""
            SELECT deletion.id, hidden.count, (SELECT count(*) FROM tag_trash WHERE deletion_id = deletion.id), hidden.bytes + named.bytes
            FROM unnest($1::bigint[]) AS deletion (id),
                LATERAL (SELECT count(*) AS count, coalesce(sum(manifest_size), 0)::bigint AS bytes FROM artifact WHERE deletion_id = deletion.id) AS hidden,
                LATERAL (
                    SELECT coalesce(sum(size), 0)::bigint AS bytes FROM blob WHERE id IN (
                        SELECT blob_id FROM artifact JOIN artifact_blob ON artifact_id = artifact.id WHERE deletion_id = deletion.id)) AS named
            """).With((object)ids);
        var sums = await command.ListAsync(row => (Id: row.GetInt64(0), Artifacts: row.GetInt64(1), Tags: row.GetInt64(2), Bytes: row.GetInt64(3)), ct);
        return sums.ToDictionary(sum => sum.Id, sum => (sum.Artifacts, sum.Tags, sum.Bytes));
    }

    private async Task<ILookup<long, DeletedArtifactDto>> ArtifactsAsync(long[] ids, CancellationToken ct)
    {
        await using var command = db.Command("""
            SELECT deletion.id, hidden.digest, hidden.type
            FROM unnest($1::bigint[]) AS deletion (id), LATERAL (SELECT id, digest, type FROM artifact WHERE deletion_id = deletion.id ORDER BY id LIMIT $2) AS hidden
            ORDER BY deletion.id, hidden.id
            """).With(ids, MaxShown);
        var shown = await command.ListAsync(row => (
            Id: row.GetInt64(0),
            Artifact: new DeletedArtifactDto { Digest = Digest.FromBytes(row.GetFieldValue<byte[]>(1)).Value, Type = row.GetString(2) }), ct);
        return shown.ToLookup(artifact => artifact.Id, artifact => artifact.Artifact);
    }

    private async Task<ILookup<long, string>> TagsAsync(long[] ids, CancellationToken ct)
    {
        await using var command = db.Command("""
            SELECT deletion.id, trashed.name
            FROM unnest($1::bigint[]) AS deletion (id), LATERAL (SELECT name FROM tag_trash WHERE deletion_id = deletion.id ORDER BY name LIMIT $2) AS trashed
            ORDER BY deletion.id, trashed.name
            """).With(ids, MaxShown);
        return (await command.ListAsync(row => (Id: row.GetInt64(0), Name: row.GetString(1)), ct)).ToLookup(tag => tag.Id, tag => tag.Name);
    }
}
