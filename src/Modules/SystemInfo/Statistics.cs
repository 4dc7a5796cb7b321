using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Artifacts;
using Harbor.Platform.Data;
using Npgsql;

namespace Harbor.Modules.SystemInfo;

/// <summary>Counts what there is, as far as the caller may know it.</summary>
internal sealed class Statistics(Database db, StorageUse storage)
{
    private static readonly string Sql = $"""
        SELECT count(*), coalesce(sum(repositories), 0)::bigint,
            count(*) FILTER (WHERE public), coalesce(sum(repositories) FILTER (WHERE public), 0)::bigint,
            count(*) FILTER (WHERE own AND NOT public), coalesce(sum(repositories) FILTER (WHERE own AND NOT public), 0)::bigint
        FROM (
            SELECT {VisibleProjects.IsPublic} AS public, project.id = ANY($1) AS own,
                (SELECT count(*) FROM repository WHERE repository.project_id = project.id AND {RepositoryCounts.IsVisible}) AS repositories
            FROM project WHERE NOT project.deleted) AS counted
        """;

    public async Task<StatisticDto> OfAsync(SecurityContext caller, CancellationToken ct)
    {
        var own = (await caller.RolesAsync(ct)).Keys.ToArray();
        await using var command = db.Command(Sql).With(own);
        var counts = (await command.ListAsync(Read, ct)).Single();
        return caller.IsSystemAdmin
            ? counts with
            {
                PrivateProjectCount = counts.TotalProjectCount - counts.PublicProjectCount,
                PrivateRepoCount = counts.TotalRepoCount - counts.PublicRepoCount,
                TotalStorageConsumption = await storage.BytesAsync(ct),
            }
            : counts with { TotalProjectCount = 0, TotalRepoCount = 0 };
    }

    private static StatisticDto Read(NpgsqlDataReader row) => new()
    {
        TotalProjectCount = row.GetInt64(0),
        TotalRepoCount = row.GetInt64(1),
        PublicProjectCount = row.GetInt64(2),
        PublicRepoCount = row.GetInt64(3),
        PrivateProjectCount = row.GetInt64(4),
        PrivateRepoCount = row.GetInt64(5),
    };
}
