namespace Harbor.Modules.Identity.Sessions;

/// <summary>A signed-in browser, as it was when the database was asked. Immutable, so it may be cached.</summary>
/// <param name="IsSystemAdmin">As it was at sign-in.</param>
/// <param name="ReadAt">The process clock's timestamp of the asking.</param>
/// <param name="Left">How long it had to live then.</param>
internal sealed record SessionFact(long UserId, string Username, bool IsSystemAdmin, long ReadAt, TimeSpan Left);
