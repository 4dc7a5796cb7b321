namespace Harbor.Modules.Access;

/// <summary>Role of a member in a project. The numbers are Harbor's: they are stored and travel on the wire.</summary>
public enum Role
{
    ProjectAdmin = 1,
    Developer = 2,
    Guest = 3,
    Maintainer = 4,
    LimitedGuest = 5,
}
