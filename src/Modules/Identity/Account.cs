namespace Harbor.Modules.Identity;

/// <summary>What signing in needs to know of a user. Immutable, so it may be cached.</summary>
/// <param name="Password">Null when he has no local password.</param>
/// <param name="IsSystemAdmin">The row's flag.</param>
internal sealed record Account(long Id, string Username, PasswordHash? Password, bool IsSystemAdmin)
{
    public SignedInUser SignedIn => new(Id, Username, IsSystemAdmin) { Password = Password };
}
