using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Platform.Data;
using Harbor.Platform.Http.Listing;

namespace Harbor.Modules.Artifacts;

/// <summary>Finds repositories by a part of their name.</summary>
public sealed class RepositorySearch(Database db)
{
    /// <summary>More than anybody reads. Who wants all of them lists them page by page.</summary>
    public const int MaxFound = 1000;

    /// <summary>Repositories whose full name contains <paramref name="part"/> in any case, by name.</summary>
    public async Task<IReadOnlyList<SearchRepositoryDto>> FindAsync(VisibleProjects projects, string part, CancellationToken ct)
    {
        await using var command = db.Command($"""
            SELECT repository.project_id, project.name, {VisibleProjects.IsPublic}, repository.name, repository.pull_count,
                (SELECT count(*) FROM artifact a WHERE a.repository_id = repository.id AND {ArtifactSql.IsListed})
            FROM repository JOIN project ON project.id = repository.project_id
            WHERE NOT project.deleted AND ($1 OR project.id = ANY($2) OR {VisibleProjects.IsPublic}) AND repository.name ILIKE $3 AND {RepositoryCounts.IsVisible}
            ORDER BY repository.name LIMIT $4
            """).With(projects.All, projects.MemberOf, LikePattern.Containing(part), MaxFound);
        return await command.ListAsync(row => new SearchRepositoryDto
        {
            ProjectId = row.GetInt64(0),
            ProjectName = row.GetString(1),
            ProjectPublic = row.GetBoolean(2),
            RepositoryName = row.GetString(3),
            PullCount = row.GetInt64(4),
            ArtifactCount = row.GetInt64(5),
        }, ct);
    }
}
