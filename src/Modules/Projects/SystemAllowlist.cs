using Harbor.Contracts;
using Harbor.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace Harbor.Modules.Projects;

/// <summary>The list of vulnerabilities that do not count in any project that has not chosen its own.</summary>
internal sealed class SystemAllowlist(RegistryDbContext context, Database db)
{
    /// <summary>In place of a project's id, and so never shown.</summary>
    public const long ProjectId = 0;

    /// <summary>The list; an empty one until somebody sets it.</summary>
    public async Task<CveAllowlistDto> GetAsync(CancellationToken ct) =>
        await context.Set<CveAllowlistEntity>().SingleOrDefaultAsync(each => each.ProjectId == ProjectId, ct) is { } stored
            ? CveAllowlist.Show(stored)
            : new CveAllowlistDto { Items = [] };

    /// <summary>Replaces the whole list.</summary>
    public Task SetAsync(CveAllowlist allowlist, CancellationToken ct) => db.TransactAsync(tx => allowlist.StoreAsync(tx, ProjectId), ct);
}
