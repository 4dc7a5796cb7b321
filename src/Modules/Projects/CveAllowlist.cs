using System.Text.Json;
using Harbor.Contracts;

namespace Harbor.Modules.Projects;

/// <summary>A project's own list of vulnerabilities that do not count.</summary>
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

    public static IReadOnlyList<CveAllowlistItemDto> ItemsFrom(string json) =>
        [.. JsonSerializer.Deserialize<string[]>(json)!.Select(id => new CveAllowlistItemDto { CveId = id })];
}
