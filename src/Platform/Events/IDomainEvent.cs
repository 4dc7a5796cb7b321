namespace Harbor.Platform.Events;

/// <summary>Something that has happened, as a plain record of ids, names and texts. It stands in its publisher's <c>*Events.cs</c>.</summary>
/// <remarks>
/// It is kept as JSON until every listener has had it, and another release may read it: properties are added, never renamed, and what
/// is not known at publishing is not in it. No secrets.
/// </remarks>
public interface IDomainEvent
{
    /// <summary>Its stable name in the database, such as <c>project.created</c>.</summary>
    static abstract string Kind { get; }
}
