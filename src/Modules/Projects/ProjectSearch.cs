using Harbor.Contracts;
using Harbor.Modules.Access;

namespace Harbor.Modules.Projects;

/// <summary>Finds projects by a part of their name.</summary>
public sealed class ProjectSearch
{
    /// <summary>More than anybody reads. Who wants all of them lists them page by page.</summary>
    public const int MaxFound = 1000;

    private readonly ProjectListing listing;

    internal ProjectSearch(ProjectListing listing) => this.listing = listing;

    /// <summary>Those that the caller sees and whose name contains <paramref name="part"/>, case and all, by name.</summary>
    public Task<IReadOnlyList<ProjectDto>> FindAsync(SecurityContext caller, string part, CancellationToken ct) =>
        listing.SearchAsync(caller, part, MaxFound, ct);
}
