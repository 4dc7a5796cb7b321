using Harbor.Modules.Access;
using Harbor.Platform.Data;

namespace Harbor.Modules.Artifacts;

/// <summary>What a caller may change of a repository itself.</summary>
internal sealed class RepositoryChanges(Database db)
{
    /// <exception cref="Oci.RegistryException"><c>NOT_FOUND</c>: no such repository to see.</exception>
    public async Task DescribeAsync(ProjectScope project, string name, string description, CancellationToken ct)
    {
        await using var command = db.Command($"""
            UPDATE repository SET description = $3, update_time = harbor_now() WHERE project_id = $1 AND name = $2 AND {RepositoryCounts.IsVisible}
            """).With(project.Id, name, EscapeHtml(description));
        if (await command.ExecuteNonQueryAsync(ct) == 0)
        {
            throw ContentErrors.RepositoryNotFound(name);
        }
    }

    // Harbor stores it so, and its clients expect to read it so.
    private static string EscapeHtml(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&#34;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal);
}
