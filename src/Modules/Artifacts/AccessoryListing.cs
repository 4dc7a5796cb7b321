using Harbor.Contracts;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Http.Listing;
using Npgsql;

namespace Harbor.Modules.Artifacts;

/// <summary>Shows the accessories of one artifact.</summary>
internal sealed class AccessoryListing(Database db)
{
    private static readonly SqlColumns Columns = new(
        ("id", ColumnKind.Number, "accessory.artifact_id"),
        ("artifact_id", ColumnKind.Number, "accessory.artifact_id"),
        ("type", ColumnKind.Text, "accessory.type"),
        ("size", ColumnKind.Number, "mine.size"),
        ("digest", ColumnKind.Text, ArtifactSql.DigestText("mine.digest")),
        ("creation_time", ColumnKind.Time, "accessory.creation_time"));

    /// <param name="subject">One that the caller was shown.</param>
    public Task<Page<AccessoryDto>> ListAsync(ArtifactDto subject, FilterQuery q, SortQuery sort, PageRequest page, CancellationToken ct)
    {
        var rows = Select("accessory.artifact_id, subject.id, accessory.subject_digest, repository.name, mine.size, mine.digest, accessory.type, accessory.creation_time");
        Columns.AppendSort(rows, sort, "accessory.creation_time DESC", "accessory.artifact_id DESC");
        return SqlPages.ReadAsync(db, rows, Select("count(*)"), page, row => Read(row, 0), ct);

        SqlText Select(string what)
        {
            var sql = new SqlText($"""
                SELECT {what} FROM artifact subject
                JOIN accessory ON accessory.repository_id = subject.repository_id AND accessory.subject_digest = subject.digest
                JOIN artifact mine ON mine.id = accessory.artifact_id AND mine.deletion_id IS NULL
                JOIN repository ON repository.id = subject.repository_id
                WHERE subject.id =
                """).Append(" ").Parameter(subject.Id);
            Columns.AppendFilter(sql, q);
            return sql;
        }
    }

    /// <summary>Columns from <paramref name="first"/> on: artifact, subject, subject's digest, repository's name, size, digest, type, creation time.</summary>
    public static AccessoryDto Read(NpgsqlDataReader row, int first)
    {
        var type = row.GetString(first + 6);
        return new AccessoryDto
        {
            Id = row.GetInt64(first),
            ArtifactId = row.GetInt64(first),
            SubjectArtifactId = row.IsDBNull(first + 1) ? 0 : row.GetInt64(first + 1),
            SubjectArtifactDigest = Digest.FromBytes(row.GetFieldValue<byte[]>(first + 2)).Value,
            SubjectArtifactRepo = row.GetString(first + 3),
            Size = row.GetInt64(first + 4),
            Digest = Digest.FromBytes(row.GetFieldValue<byte[]>(first + 5)).Value,
            Type = type,
            Icon = ArtifactIcons.OfAccessory(type),
            CreationTime = row.GetFieldValue<DateTimeOffset>(first + 7),
        };
    }
}
