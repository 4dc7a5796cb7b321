using System.Text.Json;

namespace Harbor.Platform.Events;

/// <summary>A kind of event that a listener asks for, and how to read one.</summary>
public sealed record EventType
{
    internal static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private EventType(string kind, Func<string, object> read) => (Kind, Read) = (kind, read);

    public string Kind { get; }

    internal Func<string, object> Read { get; }

    public static EventType Of<TEvent>()
        where TEvent : class, IDomainEvent =>
        new(TEvent.Kind, json => JsonSerializer.Deserialize<TEvent>(json, Json) ?? throw new JsonException($"The event {TEvent.Kind} is null."));
}
