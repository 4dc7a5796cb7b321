namespace Harbor.Modules.Identity.Sessions;

/// <summary>A signed-in browser, as it was when the database was asked. Immutable, so it may be cached.</summary>
/// <param name="User">As he was at sign-in, with the groups that he brought.</param>
/// <param name="ReadAt">The process clock's timestamp of the asking.</param>
/// <param name="Left">How long it had to live then.</param>
internal sealed record SessionFact(SignedInUser User, long ReadAt, TimeSpan Left);
