using Harbor.Modules.Identity;
using Harbor.Modules.Identity.Groups;
using Harbor.Platform.Data;

namespace Harbor.Modules.Projects.Members;

/// <summary>Ends the memberships of a user or a group that is deleted. The projects that a user owns stay.</summary>
internal sealed class MemberDeparture : IUserDeparture, IUserGroupDeparture
{
    Task<IReadOnlyList<string>> IUserDeparture.LeaveAsync(Transaction tx, long userId) => EndAsync(tx, Member.User(userId));

    Task<IReadOnlyList<string>> IUserGroupDeparture.LeaveAsync(Transaction tx, long groupId) => EndAsync(tx, Member.Group(groupId));

    private static async Task<IReadOnlyList<string>> EndAsync(Transaction tx, Member member)
    {
        await tx.ExecuteAsync("DELETE FROM project_member WHERE entity_type = $1 AND entity_id = $2", member.Type, member.Id);
        var roles = ProjectDirectory.RolesKey(member);
        await tx.EvictAsync(roles);
        return [roles];
    }
}
