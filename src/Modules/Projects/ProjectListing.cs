using System.Linq.Expressions;
using Harbor.Contracts;
using Harbor.Modules.Access;
using Harbor.Modules.Artifacts;
using Harbor.Platform.Data;
using Harbor.Platform.Http.Listing;
using Microsoft.EntityFrameworkCore;

namespace Harbor.Modules.Projects;

/// <summary>Shows projects. However many are shown, it takes the same few statements.</summary>
internal sealed class ProjectListing(RegistryDbContext db, RepositoryCounts repositories)
{
    // The strongest first.
    private static readonly int[] Power = [(int)Role.ProjectAdmin, (int)Role.Maintainer, (int)Role.Developer, (int)Role.Guest, (int)Role.LimitedGuest];

    private static readonly EntityColumns<ProjectEntity> Columns = new EntityColumns<ProjectEntity>()
        .Number("project_id", project => project.Id)
        .Text("name", project => project.Name)
        .Number("owner_id", project => project.OwnerId)
        .Text("owner", project => project.Owner!.Username)
        .Flag("public", project => project.Metadata.Any(metadata => metadata.Name == ProjectMetadata.Public && metadata.Value == "true"))
        .Time("creation_time", project => project.CreationTime)
        .Time("update_time", project => project.UpdateTime);

    private static readonly Expression<Func<ProjectEntity, Row>> ToRow = project =>
        new Row(project.Id, project.Name, project.OwnerId, project.Owner!.Username, project.CreationTime, project.UpdateTime);

    public async Task<ProjectDto?> FindAsync(ProjectScope scope, CancellationToken ct)
    {
        var found = await Rows().Where(project => project.Id == scope.Id).Select(ToRow).ToListAsync(ct);
        return (await ShowAsync(found, scope.Security, withDetail: true, ct)).SingleOrDefault();
    }

    public async Task<Page<ProjectDto>> ListAsync(
        SecurityContext caller, FilterQuery filter, SortQuery sort, PageRequest page, bool withDetail, CancellationToken ct)
    {
        var rows = Columns.Filter(Among(await VisibleProjects.ToAsync(caller, ct)), filter);
        var ordered = Columns.Sort(rows, sort, [new SortKey("name", Descending: false)], new SortKey("project_id", Descending: false));
        var found = await ordered.Select(ToRow).ToPageAsync(page, ct);
        return new Page<ProjectDto>(await ShowAsync(found.Items, caller, withDetail, ct), found.Total);
    }

    /// <summary>Projects that the caller sees and whose name contains <paramref name="part"/>, by name; without owner and allowlist.</summary>
    public async Task<IReadOnlyList<ProjectDto>> SearchAsync(SecurityContext caller, string part, int limit, CancellationToken ct)
    {
        var rows = Among(await VisibleProjects.InSearchAsync(caller, ct));
        var found = await rows.Where(project => project.Name.Contains(part)).OrderBy(project => project.Name).Take(limit).Select(ToRow).ToListAsync(ct);
        var shown = await ShowAsync(found, caller, withDetail: true, ct);
        return [.. shown.Select(project => project with { OwnerName = null, CveAllowlist = new CveAllowlistDto() })];
    }

    private IQueryable<ProjectEntity> Rows() => db.Set<ProjectEntity>().Where(project => !project.Deleted);

    private IQueryable<ProjectEntity> Among(VisibleProjects visible)
    {
        if (visible.All)
        {
            return Rows();
        }

        var memberOf = visible.MemberOf;
        return Rows().Where(project => memberOf.Contains(project.Id)
            || project.Metadata.Any(metadata => metadata.Name == ProjectMetadata.Public && metadata.Value == "true"));
    }

    private async Task<IReadOnlyList<ProjectDto>> ShowAsync(IReadOnlyList<Row> rows, SecurityContext caller, bool withDetail, CancellationToken ct)
    {
        if (rows.Count == 0)
        {
            return [];
        }

        var ids = rows.Select(row => row.Id).ToArray();
        var counts = await repositories.OfProjectsAsync(ids, ct);
        var roles = await caller.RolesAsync(ct);
        var metadata = withDetail
            ? (await db.Set<ProjectMetadataEntity>().Where(each => ids.Contains(each.ProjectId)).ToListAsync(ct)).ToLookup(each => each.ProjectId)
            : null;
        var allowlists = withDetail
            ? await db.Set<CveAllowlistEntity>().Where(each => ids.Contains(each.ProjectId)).ToDictionaryAsync(each => each.ProjectId, ct)
            : null;
        return [.. rows.Select(row =>
        {
            var held = RolesIn(roles, row.Id);
            return new ProjectDto
            {
                ProjectId = row.Id,
                OwnerId = row.OwnerId,
                Name = row.Name,
                CreationTime = row.CreationTime,
                UpdateTime = row.UpdateTime,
                OwnerName = withDetail ? row.OwnerName : null,
                CurrentUserRoleId = held is [var strongest, ..] ? strongest : 0,
                CurrentUserRoleIds = held,
                RepoCount = counts.GetValueOrDefault(row.Id),
                Metadata = metadata is null ? null : ProjectMetadata.ToDto(metadata[row.Id].ToDictionary(each => each.Name, each => each.Value, StringComparer.Ordinal)),
                CveAllowlist = allowlists?.GetValueOrDefault(row.Id) is { } allowlist ? CveAllowlist.Show(allowlist) : new CveAllowlistDto(),
            };
        })];
    }

    // Null, not empty, for whoever is no member: that is how Harbor's clients tell.
    private static List<int>? RolesIn(IReadOnlyDictionary<long, IReadOnlyList<Role>> roles, long projectId) =>
        roles.TryGetValue(projectId, out var held)
            ? [.. held.Select(role => (int)role).Distinct().OrderBy(role => Array.IndexOf(Power, role))]
            : null;

    private sealed record Row(long Id, string Name, long OwnerId, string OwnerName, DateTimeOffset CreationTime, DateTimeOffset UpdateTime);
}
