using Harbor.Platform.Data;

namespace Harbor.Modules.Configuration;

/// <summary>Whether there is anybody whom another way of signing in would lock out. Answered by Identity.</summary>
public interface IUserPresence
{
    /// <summary>Whether there are users besides the built-in administrator; deleted ones do not count.</summary>
    Task<bool> HaveUsersAsync(CancellationToken ct);

    /// <summary>The same inside of a transaction that holds the settings, so that nobody becomes a user meanwhile.</summary>
    Task<bool> HaveUsersAsync(Transaction tx);
}
