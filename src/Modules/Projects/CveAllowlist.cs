using System.Text.Json;
using Harbor.Contracts;
using Harbor.Platform.Data;

namespace Harbor.Modules.Projects;

/// <summary>A list of vulnerabilities that do not count: a project's own, or the system's.</summary>
/// <param name="ExpiresAt">Unix seconds; null: never.</param>
internal sealed record CveAllowlist(long? ExpiresAt, IReadOnlyList<string> CveIds)
{
    private const int MaxIdLength = 255;

    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: of another project, or an empty or repeated id.</exception>
    public static CveAllowlist From(CveAllowlistRequest request, long projectId)
    {
        if (request.ProjectId is { } named and not 0 && named != projectId)
        {
            throw ProjectErrors.InvalidAllowlist($"it is of project {named}");
        }

        var ids = new List<string>();
        foreach (var item in request.Items ?? [])
        {
            if (item?.CveId is not { Length: > 0 and <= MaxIdLength } id)
            {
                throw ProjectErrors.InvalidAllowlist("every item needs a cve_id of at most 255 characters");
            }

            ids.Add(id);
        }

        return ids.Distinct(StringComparer.Ordinal).Count() == ids.Count
            ? new CveAllowlist(request.ExpiresAt, ids)
            : throw ProjectErrors.InvalidAllowlist("a cve_id stands in it twice");
    }

    /// <summary>The stored form: a JSON array of ids.</summary>
    public string ItemsJson => JsonSerializer.Serialize(CveIds);

    public static CveAllowlistDto Show(CveAllowlistEntity stored) => new()
    {
        Id = stored.ProjectId,
        ProjectId = stored.ProjectId,
        ExpiresAt = stored.ExpiresAt,
        Items = ItemsFrom(stored.Items),
        CreationTime = stored.CreationTime,
        UpdateTime = stored.UpdateTime,
    };

    public static IReadOnlyList<CveAllowlistItemDto> ItemsFrom(string json) =>
        [.. JsonSerializer.Deserialize<string[]>(json)!.Select(id => new CveAllowlistItemDto { CveId = id })];

    /// <summary>Puts it in the place of the list before.</summary>
    public Task<int> StoreAsync(Transaction tx, long projectId) => tx.ExecuteAsync("""
        INSERT INTO cve_allowlist (project_id, expires_at, items, creation_time, update_time) VALUES ($1, $2, $3, harbor_now(), harbor_now())
        ON CONFLICT (project_id) DO UPDATE SET expires_at = excluded.expires_at, items = excluded.items, update_time = excluded.update_time
        """, projectId, ExpiresAt, CommandExtensions.Jsonb(ItemsJson));
}
