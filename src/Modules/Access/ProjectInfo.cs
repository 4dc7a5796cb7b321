namespace Harbor.Modules.Access;

/// <summary>The facts about a project that every request needs. Immutable, so it may be cached.</summary>
public sealed record ProjectInfo(long Id, string Name, bool Public, DateTimeOffset CreationTime);
