namespace Harbor.Modules.Access;

/// <summary>One thing that may be done to one kind of resource.</summary>
public readonly record struct Permission(Resource Resource, AccessAction Action)
{
    /// <summary>Reads a cell of a policy table: C, R, U, D, L for the common actions, other actions by their name.</summary>
    internal static IEnumerable<Permission> Parse(Resource resource, string cell) =>
        cell.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => new Permission(resource, Named(word)));

    private static AccessAction Named(string word) => word switch
    {
        "C" => AccessAction.Create,
        "R" => AccessAction.Read,
        "U" => AccessAction.Update,
        "D" => AccessAction.Delete,
        "L" => AccessAction.List,
        _ => new AccessAction(word),
    };

    public override string ToString() => $"{Resource}:{Action}";
}
