using Harbor.Modules.Identity;
using Harbor.Platform.Data;

namespace Harbor.Modules.Projects.Members;

/// <summary>Ends the memberships of a user who is deleted. The projects that he owns stay.</summary>
internal sealed class MemberDeparture : IUserDeparture
{
    public async Task<IReadOnlyList<string>> LeaveAsync(Transaction tx, long userId)
    {
        await tx.ExecuteAsync("DELETE FROM project_member WHERE entity_type = 'u' AND entity_id = $1", userId);
        var roles = ProjectDirectory.RolesKey(userId);
        await tx.EvictAsync(roles);
        return [roles];
    }
}
