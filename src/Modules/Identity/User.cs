namespace Harbor.Modules.Identity;

/// <summary>A user as the management API knows him.</summary>
public sealed record User(
    long Id, string Username, string? Email, string RealName, string Comment, bool IsSystemAdmin, DateTimeOffset CreationTime, DateTimeOffset UpdateTime)
{
    /// <summary>The built-in administrator, who cannot be deleted and is left out of lists.</summary>
    public const long AdminId = 1;

    /// <summary>His name when <c>admin</c> is wanted for somebody else.</summary>
    public const string RenamedAdmin = "admin@harbor.local";
}
