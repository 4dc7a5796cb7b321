using System.Collections.Frozen;

namespace Harbor.Platform.Events;

/// <summary>Who wants which events.</summary>
internal sealed class Subscriptions
{
    private readonly FrozenDictionary<string, IEventListener[]> byKind;
    private readonly FrozenDictionary<string, EventType> types;

    /// <exception cref="InvalidOperationException">Two listeners have one name, or two events one kind.</exception>
    public Subscriptions(IEnumerable<IEventListener> listeners)
    {
        IEventListener[] all = [.. listeners];
        Names = [.. all.Select(listener => listener.Name)];
        if (Names.Distinct(StringComparer.Ordinal).Count() < Names.Length)
        {
            throw new InvalidOperationException($"Two event listeners have one name: {string.Join(", ", Names)}.");
        }

        types = all.SelectMany(listener => listener.Wants).DistinctBy(type => type.Kind).ToFrozenDictionary(type => type.Kind, StringComparer.Ordinal);
        byKind = types.Keys.ToFrozenDictionary(
            kind => kind, kind => Array.FindAll(all, listener => listener.Wants.Any(type => type.Kind == kind)), StringComparer.Ordinal);
        Kinds = [.. types.Keys];
    }

    public string[] Names { get; }

    public string[] Kinds { get; }

    /// <summary>The listeners that a row is for.</summary>
    public IEnumerable<IEventListener> Of(OutboxRow row) =>
        row.Listener is { } one ? byKind[row.Kind].Where(listener => listener.Name == one) : byKind[row.Kind];

    public Happened Read(OutboxRow row) => new(row.HappenedAt, types[row.Kind].Read(row.Payload));
}
