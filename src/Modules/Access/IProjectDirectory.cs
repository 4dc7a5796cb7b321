namespace Harbor.Modules.Access;

/// <summary>Finds projects and who has which role in them. Answered by the Projects module, from memory where that is safe.</summary>
public interface IProjectDirectory
{
    ValueTask<ProjectInfo?> FindAsync(string name, CancellationToken ct);

    ValueTask<ProjectInfo?> FindAsync(long id, CancellationToken ct);

    /// <summary>Roles of a user by project, from his own memberships and those of his groups; projects without one are absent.</summary>
    /// <param name="groups">Ids of the groups that he brought from his sign-in.</param>
    ValueTask<IReadOnlyDictionary<long, IReadOnlyList<Role>>> RolesAsync(long userId, IReadOnlyList<long> groups, CancellationToken ct);
}
