using Harbor.Platform.Data;

namespace Harbor.Platform.Events;

/// <summary>Reacts to what has happened, after it was committed. Registered as a singleton; the publisher does not know it.</summary>
public interface IEventListener
{
    /// <summary>Its stable name: an event that it could not handle waits under this name for another try.</summary>
    string Name { get; }

    /// <summary>What it wants to hear of.</summary>
    IReadOnlyList<EventType> Wants { get; }

    /// <summary>Handles some events, in the transaction that removes them from the outbox.</summary>
    /// <remarks>
    /// What it does to the database happens once for each event, whatever fails; it may run again, whole, so it keeps nothing outside
    /// <paramref name="tx"/>. It calls nobody outside: what takes long or leaves the process is queued here, as rows. What it throws
    /// is its own failure: the other listeners have the event, and it is tried again with growing pauses. Events come roughly in the
    /// order in which they happened, no more.
    /// </remarks>
    Task HandleAsync(Transaction tx, IReadOnlyList<Happened> events);
}

/// <summary>One event as its listener gets it.</summary>
/// <param name="Event">A record of one of the types that it wants.</param>
/// <param name="At">When its transaction began, by the database's clock.</param>
public sealed record Happened(DateTimeOffset At, object Event);
