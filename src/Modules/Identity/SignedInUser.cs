namespace Harbor.Modules.Identity;

/// <summary>A user who proved who he is, and what came with the proof.</summary>
/// <param name="IsSystemAdmin">His row's flag.</param>
public sealed record SignedInUser(long Id, string Username, bool IsSystemAdmin)
{
    /// <summary>Whether the system that he signed in at makes him an administrator here.</summary>
    public bool IsAdminBySignIn { get; init; }

    /// <summary>Ids of the groups that it counts him among.</summary>
    public IReadOnlyList<long> Groups { get; init; } = [];

    /// <summary>The local password that was the proof; null when there was another.</summary>
    internal PasswordHash? Password { get; init; }
}
