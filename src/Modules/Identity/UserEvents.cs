using Harbor.Platform.Events;

namespace Harbor.Modules.Identity;

/// <param name="By">Name of the caller; that of nobody when somebody registered himself.</param>
public sealed record UserCreated(long UserId, string Username, string By) : IDomainEvent
{
    public static string Kind => "user.created";
}

public sealed record UserUpdated(long UserId, string Username, UserChange Change, string By) : IDomainEvent
{
    public static string Kind => "user.updated";
}

/// <param name="ForgottenAs">What stands for his name where he is to be forgotten.</param>
public sealed record UserDeleted(long UserId, string Username, string ForgottenAs, string By) : IDomainEvent
{
    public static string Kind => "user.deleted";
}

/// <summary>Somebody signed in at the portal.</summary>
/// <param name="GivenName">What he called himself: his username or his address.</param>
public sealed record UserSignedIn(long UserId, string Username, string GivenName) : IDomainEvent
{
    public static string Kind => "user.signed-in";
}

public sealed record UserSignedOut(long UserId, string Username) : IDomainEvent
{
    public static string Kind => "user.signed-out";
}

/// <summary>What of a user was changed. The numbers are kept in events.</summary>
public enum UserChange
{
    Profile = 0,
    Password = 1,
    SystemAdmin = 2,
    NoSystemAdmin = 3,
}
