namespace Harbor.Modules.Configuration;

/// <summary>Whether there is anybody whom another way of signing in would lock out. Answered by Identity.</summary>
public interface IUserPresence
{
    /// <summary>Whether there are users besides the built-in administrator; deleted ones do not count.</summary>
    Task<bool> HaveUsersAsync(CancellationToken ct);
}
