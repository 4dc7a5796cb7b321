using Harbor.Contracts;
using Harbor.Modules.Immutability;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Http.Listing;
using Npgsql;

namespace Harbor.Modules.Artifacts;

/// <summary>Shows the tags of one artifact.</summary>
internal sealed class TagListing(Database db)
{
    private static readonly SqlColumns Columns = new(
        ("id", ColumnKind.Number, "tag.id"),
        ("repository_id", ColumnKind.Number, "tag.repository_id"),
        ("artifact_id", ColumnKind.Number, "tag.artifact_id"),
        ("name", ColumnKind.Text, "tag.name"),
        ("push_time", ColumnKind.Time, "tag.push_time"),
        ("pull_time", ColumnKind.Time, "tag.pull_time"));

    /// <param name="artifact">One that the caller was shown.</param>
    /// <param name="rules">Tells which tags are immutable; null: that is not asked.</param>
    public async Task<Page<TagDto>> ListAsync(ArtifactDto artifact, RepositoryName repository, ImmutabilityRules? rules, FilterQuery q, SortQuery sort, PageRequest page, CancellationToken ct)
    {
        var rows = Select("id, repository_id, artifact_id, name, push_time, pull_time");
        Columns.AppendSort(rows, sort, "tag.push_time DESC", "tag.id DESC");
        var found = await SqlPages.ReadAsync(db, rows, Select("count(*)"), page, Read, ct);
        return rules is null ? found : found with { Items = [.. found.Items.Select(tag => tag with { Immutable = rules.Cover(repository, tag.Name) })] };

        SqlText Select(string what)
        {
            var sql = new SqlText($"SELECT {what} FROM tag WHERE tag.artifact_id = ").Parameter(artifact.Id);
            Columns.AppendFilter(sql, q);
            return sql;
        }
    }

    /// <summary>Columns: id, repository, artifact, name, push time, pull time.</summary>
    public static TagDto Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0),
        RepositoryId = row.GetInt64(1),
        ArtifactId = row.GetInt64(2),
        Name = row.GetString(3),
        PushTime = row.GetFieldValue<DateTimeOffset>(4),
        PullTime = row.IsDBNull(5) ? default : row.GetFieldValue<DateTimeOffset>(5),
    };
}
