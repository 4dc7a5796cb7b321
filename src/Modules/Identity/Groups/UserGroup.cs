namespace Harbor.Modules.Identity.Groups;

/// <summary>A group of people of another system, as it is known here.</summary>
/// <param name="DistinguishedName">Its name in the directory; null for other than LDAP groups.</param>
public sealed record UserGroup(long Id, string Name, UserGroupType Type, string? DistinguishedName);

/// <summary>Which kind of system a group comes from. The numbers are Harbor's: they are stored and travel on the wire.</summary>
public enum UserGroupType
{
    Ldap = 1,
    Http = 2,
    Oidc = 3,
}
