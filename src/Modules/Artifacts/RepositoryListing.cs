using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Platform.Data;
using Harbor.Platform.Http.Listing;
using Npgsql;

namespace Harbor.Modules.Artifacts;

/// <summary>Shows repositories; one without a visible artifact is not there. However many are shown, it takes the same few statements.</summary>
internal sealed class RepositoryListing(Database db)
{
    // A push leaves the repository's row alone, or all pushes into it would wait for each other: its newest content tells the time.
    private const string From = $"""
        FROM (
            SELECT id, project_id, name, description, pull_count, creation_time, greatest(
                update_time,
                (SELECT max(push_time) FROM artifact a WHERE a.repository_id = repository.id AND a.deletion_id IS NULL),
                (SELECT max(push_time) FROM tag WHERE tag.repository_id = repository.id)) AS update_time
            FROM repository WHERE {RepositoryCounts.IsVisible}) AS r
        WHERE
        """;

    private static readonly SqlColumns Columns = new(
        ("id", ColumnKind.Number, "r.id"),
        ("repository_id", ColumnKind.Number, "r.id"),
        ("project_id", ColumnKind.Number, "r.project_id"),
        ("name", ColumnKind.Text, "r.name"),
        ("description", ColumnKind.Text, "r.description"),
        ("pull_count", ColumnKind.Number, "r.pull_count"),
        ("creation_time", ColumnKind.Time, "r.creation_time"),
        ("update_time", ColumnKind.Time, "r.update_time"));

    /// <summary>Repositories of every project that the caller sees.</summary>
    public Task<Page<RepositoryDto>> ListAsync(VisibleProjects projects, FilterQuery q, SortQuery sort, PageRequest page, CancellationToken ct) =>
        ListAsync(sql => AppendVisible(sql, projects), q, sort, page, ct);

    public Task<Page<RepositoryDto>> ListAsync(ProjectScope project, FilterQuery q, SortQuery sort, PageRequest page, CancellationToken ct) =>
        ListAsync(sql => sql.Append("r.project_id = ").Parameter(project.Id), q, sort, page, ct);

    public async Task<RepositoryDto?> FindAsync(ProjectScope project, string name, CancellationToken ct)
    {
        await using var command = new SqlText($"SELECT * {From} r.project_id = ").Parameter(project.Id).Append(" AND r.name = ").Parameter(name).ToCommand(db);
        var found = await command.ListAsync(Read, ct);
        return (await CountedAsync(found, ct)).SingleOrDefault();
    }

    private async Task<Page<RepositoryDto>> ListAsync(
        Action<SqlText> scope, FilterQuery q, SortQuery sort, PageRequest page, CancellationToken ct)
    {
        var rows = new SqlText($"SELECT * {From} ");
        scope(rows);
        Columns.AppendFilter(rows, q);
        Columns.AppendSort(rows, sort, "r.creation_time DESC", "r.id DESC");
        var count = new SqlText($"SELECT count(*) {From} ");
        scope(count);
        Columns.AppendFilter(count, q);
        var found = await SqlPages.ReadAsync(db, rows, count, page, Read, ct);
        return found with { Items = await CountedAsync(found.Items, ct) };
    }

    private static SqlText AppendVisible(SqlText sql, VisibleProjects projects) => projects.All
        ? sql.Append("true")
        : sql.Append("r.project_id IN (SELECT project.id FROM project WHERE project.id = ANY(").Parameter(projects.MemberOf)
            .Append($") OR {VisibleProjects.IsPublic})");

    private async Task<IReadOnlyList<RepositoryDto>> CountedAsync(IReadOnlyList<RepositoryDto> repositories, CancellationToken ct)
    {
        if (repositories.Count == 0)
        {
            return [];
        }

        await using var command = db.Command($"""
            SELECT a.repository_id, count(*) FROM artifact a WHERE a.repository_id = ANY($1) AND {ArtifactSql.IsListed} GROUP BY a.repository_id
            """).With(repositories.Select(repository => repository.Id).ToArray());
        var counts = (await command.ListAsync(row => (row.GetInt64(0), row.GetInt64(1)), ct)).ToDictionary(count => count.Item1, count => count.Item2);
        return [.. repositories.Select(repository => repository with { ArtifactCount = counts.GetValueOrDefault(repository.Id) })];
    }

    private static RepositoryDto Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0),
        ProjectId = row.GetInt64(1),
        Name = row.GetString(2),
        Description = row.GetString(3),
        PullCount = row.GetInt64(4),
        CreationTime = row.GetFieldValue<DateTimeOffset>(5),
        UpdateTime = row.GetFieldValue<DateTimeOffset>(6),
    };
}
