using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Oci;
using Harbor.Platform.Data;
using Harbor.Platform.Http.Listing;
using Npgsql;

namespace Harbor.Modules.Artifacts;

/// <summary>Shows artifacts: a statement for the rows, one for their number, and one for each kind of detail asked for.</summary>
internal sealed class ArtifactListing
{
    private const string Fields = """
        a.id, a.repository_id, r.name, r.project_id, a.digest, a.manifest_media_type, a.media_type, a.artifact_type, a.type, a.size,
        a.push_time, a.pull_time, a.annotations::text, a.extra_attrs::text
        """;

    private const string From = "FROM artifact a JOIN repository r ON r.id = a.repository_id WHERE";

    private const string NoAttributes = "{}";

    private readonly Database db;
    private readonly ArtifactDetails details;
    private readonly SharedReads<(long ProjectId, RepositoryName Name), long> totals;

    public ArtifactListing(Database db, ArtifactDetails details)
    {
        (this.db, this.details) = (db, details);
        totals = new(at => SqlPages.CountAsync(db, Select("count(*)", sql => AppendRepository(sql, at.ProjectId, at.Name), new ArtifactFilter(FilterQuery.Empty)), CancellationToken.None));
    }

    /// <summary>Artifacts of one repository, the newest first; none of a repository that is not there.</summary>
    public Task<Page<ArtifactDto>> ListAsync(
        ProjectScope project, RepositoryName? repository, FilterQuery q, SortQuery sort, PageRequest page, ArtifactDetail detail, CancellationToken ct) =>
        repository is not { } name ? Task.FromResult(new Page<ArtifactDto>([], 0))
        : ListAsync(
            project, sql => AppendRepository(sql, project.Id, name), new ArtifactFilter(q), sort, page, detail,

            // Counting goes through all of them. Who pages through a large repository asks for the same number again and again.
            q.Conditions.Count == 0 ? () => totals.GetAsync((project.Id, name), ct) : null, ct);

    /// <summary>Artifacts of a whole project.</summary>
    /// <param name="latest">Only the newest of each repository, of the one type that <paramref name="q"/> names.</param>
    /// <exception cref="RegistryException"><c>BAD_REQUEST</c>: the newest are asked for, but not of one type.</exception>
    public Task<Page<ArtifactDto>> ListAsync(
        ProjectScope project, bool latest, FilterQuery q, SortQuery sort, PageRequest page, ArtifactDetail detail, CancellationToken ct)
    {
        var filter = new ArtifactFilter(q);
        return !latest
            ? ListAsync(project, sql => sql.Append("r.project_id = ").Parameter(project.Id), filter, sort, page, detail, null, ct)
            : filter.SingleType is { } type
            ? ListAsync(project, sql => AppendLatest(sql, project, type), filter, sort, page, detail, null, ct)
            : throw new RegistryException(ErrorCode.BadRequest, "latest_in_repository needs exactly one of media_type and artifact_type in q");
    }

    /// <exception cref="RegistryException"><c>NOT_FOUND</c>.</exception>
    public async Task<ArtifactDto> GetAsync(ProjectScope project, RepositoryName repository, string reference, ArtifactDetail detail, CancellationToken ct)
    {
        var sql = AppendRepository(new SqlText($"SELECT {Fields} {From} "), project.Id, repository).Append(" AND a.deletion_id IS NULL AND ");
        AppendReference(sql, reference);
        await using var command = sql.ToCommand(db);
        var found = await command.ListAsync(Read, ct);
        return (await details.AddAsync(project, found, detail, ct)) is [var artifact] ? artifact : throw ContentErrors.ArtifactNotFound(repository, reference);
    }

    private async Task<Page<ArtifactDto>> ListAsync(
        ProjectScope project, Action<SqlText> scope, ArtifactFilter filter, SortQuery sort, PageRequest page, ArtifactDetail detail, Func<Task<long>>? total, CancellationToken ct)
    {
        var rows = Select(Fields, scope, filter);
        ArtifactFilter.AppendSort(rows, sort);
        var found = await SqlPages.ReadAsync(db, rows, total ?? (() => SqlPages.CountAsync(db, Select("count(*)", scope, filter), ct)), page, Read, ct);
        return found with { Items = await details.AddAsync(project, found.Items, detail, ct) };
    }

    private static SqlText Select(string what, Action<SqlText> scope, ArtifactFilter filter)
    {
        var sql = new SqlText($"SELECT {what} {From} ");
        scope(sql);
        sql.Append(" AND ");
        filter.Append(sql);
        return sql;
    }

    // As a value found beforehand, not as a join: so the rows come off the index in order, and the page's are all that is read.
    private static SqlText AppendRepository(SqlText sql, long projectId, RepositoryName repository) => sql
        .Append("a.repository_id = (SELECT id FROM repository WHERE project_id = ").Parameter(projectId)
        .Append(" AND name = ").Parameter(repository.Value).Append(")");

    private static void AppendReference(SqlText sql, string reference)
    {
        if (Digest.TryParse(reference, out var digest))
        {
            sql.Append("a.digest = ").Parameter(digest.ToBytes());
        }
        else
        {
            sql.Append("a.id = (SELECT artifact_id FROM tag WHERE tag.repository_id = a.repository_id AND tag.name = ").Parameter(reference).Append(")");
        }
    }

    private static void AppendLatest(SqlText sql, ProjectScope project, (string Column, string Type) wanted) => sql
        .Append($"""
            a.id IN (
                SELECT DISTINCT ON (a.repository_id) a.id FROM artifact a JOIN repository r ON r.id = a.repository_id
                WHERE {ArtifactSql.IsListed} AND a.{wanted.Column} =
            """).Append(" ").Parameter(wanted.Type)
        .Append(" AND r.project_id = ").Parameter(project.Id)
        .Append(" ORDER BY a.repository_id, a.push_time DESC, a.id DESC)");

    private static ArtifactDto Read(NpgsqlDataReader row)
    {
        var type = row.GetString(8);
        return new ArtifactDto
        {
            Id = row.GetInt64(0),
            RepositoryId = row.GetInt64(1),
            RepositoryName = row.GetString(2),
            ProjectId = row.GetInt64(3),
            Digest = Digest.FromBytes(row.GetFieldValue<byte[]>(4)).Value,
            ManifestMediaType = row.GetString(5),
            MediaType = row.GetString(6),
            ArtifactType = row.GetString(7),
            Type = type,
            Icon = ArtifactIcons.OfType(type),
            Size = row.GetInt64(9),
            PushTime = row.GetFieldValue<DateTimeOffset>(10),
            PullTime = row.IsDBNull(11) ? default : row.GetFieldValue<DateTimeOffset>(11),
            Annotations = Json(row, 12),
            ExtraAttrs = Json(row, 13),
        };
    }

    private static RawJson? Json(NpgsqlDataReader row, int column) =>
        !row.IsDBNull(column) && row.GetString(column) is var text && text != NoAttributes ? new RawJson(text) : null;
}
