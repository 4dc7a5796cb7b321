namespace Harbor.Modules.Projects.Members;

/// <summary>Whom a membership is of, as it is stored.</summary>
/// <param name="Type"><c>u</c> for a user, <c>g</c> for a group.</param>
internal readonly record struct Member(string Type, long Id)
{
    private const string UserType = "u";
    private const string GroupType = "g";

    public static Member User(long id) => new(UserType, id);

    public static Member Group(long id) => new(GroupType, id);
}
