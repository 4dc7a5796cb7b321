using Harbor.Modules.Access;
using Harbor.Platform.Data;

namespace Harbor.Modules.Projects;

/// <summary>What another module owes when a project is deleted. It runs in the deleting transaction, which holds the project.</summary>
public interface IProjectDeparture
{
    /// <summary>Removes what belongs to the project alone. The work may be repeated whole: keep nothing outside the transaction.</summary>
    /// <returns>Keys of the change feed to evict in this process once it is committed; the transaction has queued them for the others.</returns>
    Task<IReadOnlyList<string>> LeaveAsync(Transaction tx, ProjectScope project);
}
