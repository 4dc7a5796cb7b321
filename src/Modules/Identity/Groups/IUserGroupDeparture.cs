using Harbor.Platform.Data;

namespace Harbor.Modules.Identity.Groups;

/// <summary>What another module owes when a user group is deleted. It runs in the deleting transaction.</summary>
public interface IUserGroupDeparture
{
    /// <summary>Removes what the group leaves behind. The work may be repeated whole: keep nothing outside the transaction.</summary>
    /// <returns>Keys of the change feed to evict in this process once it is committed; the transaction has queued them for the others.</returns>
    Task<IReadOnlyList<string>> LeaveAsync(Transaction tx, long groupId);
}
