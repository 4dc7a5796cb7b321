using Harbor.Contracts;

namespace Harbor.Modules.Projects.Members;

/// <summary>Whom a request wants to become a member. Of several that it names, the first in the order below counts.</summary>
internal abstract record NewMember
{
    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: it names nobody.</exception>
    public static NewMember In(ProjectMemberRequest request) => request switch
    {
        { MemberUser.UserId: { } id and not 0 } => new UserById(id),
        { MemberGroup.Id: { } id and not 0 } => new GroupById(id),
        { MemberUser.Username: { Length: > 0 } name } => new UserByName(name),
        { MemberGroup.LdapGroupDn: { Length: > 0 } name } => new GroupByDistinguishedName(name),
        { MemberGroup: { GroupName: { Length: > 0 } name } group } => new GroupByName(name, group.GroupType),
        _ => throw MemberErrors.NobodyNamed(),
    };

    public sealed record UserById(long Id) : NewMember;

    public sealed record GroupById(long Id) : NewMember;

    public sealed record UserByName(string Name) : NewMember;

    /// <summary>A group of a directory.</summary>
    public sealed record GroupByDistinguishedName(string Name) : NewMember;

    /// <param name="Type">Harbor's number of the group's kind; null or 0: any.</param>
    public sealed record GroupByName(string Name, int? Type) : NewMember;
}
