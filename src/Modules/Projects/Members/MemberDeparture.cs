using Harbor.Modules.Identity;
using Harbor.Platform.Data;

namespace Harbor.Modules.Projects.Members;

<<<<<<< HEAD
/// <summary>Ends the memberships of a user who is deleted. The projects that he owns stay.</summary>
=======
/// <summary>A user who is deleted is no longer a member of anything.</summary>
>>>>>>> management
internal sealed class MemberDeparture : IUserDeparture
{
    public async Task<IReadOnlyList<string>> LeaveAsync(Transaction tx, long userId)
    {
        await tx.ExecuteAsync("DELETE FROM project_member WHERE entity_type = 'u' AND entity_id = $1", userId);
<<<<<<< HEAD
        var roles = ProjectDirectory.RolesKey(userId);
        await tx.EvictAsync(roles);
        return [roles];
=======
        var key = ProjectDirectory.RolesKey(userId);
        await tx.EvictAsync(key);
        return [key];
>>>>>>> management
    }
}
