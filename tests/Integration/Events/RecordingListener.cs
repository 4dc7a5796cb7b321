using Harbor.Platform.Data;
using Harbor.Platform.Events;

namespace Harbor.Integration.Events;

public sealed record Rung(int Number) : IDomainEvent
{
    public static string Kind => "test.rung";
}

/// <summary>Writes what it hears into a table of the test, in the dispatcher's transaction, and does what the test wants besides.</summary>
public sealed class RecordingListener(string name, Func<Rung, Task>? also = null) : IEventListener
{
    public string Name => name;

    public IReadOnlyList<EventType> Wants { get; } = [EventType.Of<Rung>()];

    /// <summary>How many events each call brought.</summary>
    public List<int> Calls { get; } = [];

    public async Task HandleAsync(Transaction tx, IReadOnlyList<Happened> events)
    {
        lock (Calls)
        {
            Calls.Add(events.Count);
        }

        foreach (var rung in events.Select(happened => (Rung)happened.Event))
        {
            await tx.ExecuteAsync("INSERT INTO heard (listener, number) VALUES ($1, $2)", name, rung.Number);
            if (also is not null)
            {
                await also(rung);
            }
        }
    }
}
