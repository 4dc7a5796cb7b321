using Harbor.Platform.Data;

namespace Harbor.Modules.Quotas;

/// <summary>How much a project may hold and holds, in bytes.</summary>
/// <param name="Hard">The limit; -1 is none.</param>
public sealed record ProjectQuota(long Hard, long Used);

/// <summary>The storage limits of projects. What is used is counted by <see cref="QuotaLedger"/>.</summary>
public sealed class ProjectQuotas(Database db)
{
    public const long Unlimited = -1;

    /// <summary>1024 TiB.</summary>
    public const long MaxLimit = 1L << 50;

    /// <summary>Whether a project can be given this limit, in bytes.</summary>
    public static bool IsLimit(long bytes) => bytes is Unlimited or (> 0 and <= MaxLimit);

    /// <summary>Every project has a row, so that what it holds is counted even while limits are switched off.</summary>
    public static Task AddAsync(Transaction tx, long projectId, long hard) =>
        tx.ExecuteAsync("INSERT INTO quota (project_id, hard, creation_time, update_time) VALUES ($1, $2, harbor_now(), harbor_now())", projectId, hard);

    public async Task<ProjectQuota?> FindAsync(long projectId, CancellationToken ct)
    {
        await using var command = db.Command("SELECT hard, used FROM quota WHERE project_id = $1").With(projectId);
        return await command.FindAsync(row => new ProjectQuota(row.GetInt64(0), row.GetInt64(1)), ct);
    }

    /// <summary>Sets a limit. One below what is used is no error: nothing more fits until enough is deleted.</summary>
    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>: no such quota, or its project is deleted.</exception>
    internal async Task SetLimitAsync(long id, long hard, CancellationToken ct)
    {
        await using var command = db.Command("""
            UPDATE quota SET hard = $2, update_time = harbor_now()
            WHERE id = $1 AND EXISTS (SELECT 1 FROM project WHERE project.id = project_id AND NOT project.deleted)
            """).With(id, hard);
        if (await command.ExecuteNonQueryAsync(ct) == 0)
        {
            throw QuotaErrors.NotFound(id);
        }
    }
}
