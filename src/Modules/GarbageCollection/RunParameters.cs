using System.Text.Json;
using System.Text.Json.Nodes;

namespace Harbor.Modules.GarbageCollection;

/// <summary>What a run is told by whoever asks for it.</summary>
/// <param name="DeleteUntagged">Whether to delete untagged artifacts first.</param>
/// <param name="DeleteTag">Taken and shown as Harbor does; storage holds no tags here, so there is nothing to do.</param>
/// <param name="DryRun">Whether to count only.</param>
/// <param name="Workers">How many decide at once, 1 to 10.</param>
internal sealed record RunParameters(bool DeleteUntagged, bool DeleteTag, bool DryRun, int Workers)
{
    public const int MaxWorkers = 10;

    /// <summary>Reads what a caller sent; what is absent is false, or one worker. Names of others are passed over.</summary>
    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: a value of another type, or a number of workers out of range.</exception>
    public static RunParameters Read(IReadOnlyDictionary<string, JsonElement>? given)
    {
        return new(Flag("delete_untagged"), Flag("delete_tag"), Flag("dry_run"), Workers());

        JsonElement? Value(string name) => given is not null && given.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

        bool Flag(string name) => Value(name)?.ValueKind switch
        {
            null or JsonValueKind.False => false,
            JsonValueKind.True => true,
            _ => throw GarbageCollectionErrors.NotAFlag(name),
        };

        int Workers() => Value("workers") switch
        {
            null => 1,
            { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var count) => count switch
            {
                0 => 1,
                < 0 or > MaxWorkers => throw GarbageCollectionErrors.InvalidWorkers($"{count}"),
                _ => (int)count,
            },
            { } other => throw GarbageCollectionErrors.InvalidWorkers(other.GetRawText() is { Length: <= 64 } text ? text : "(no number)"),
        };
    }

    /// <summary>As they are kept and shown. The window, in hours, is the server's own.</summary>
    public JsonObject ToAttributes(TimeSpan window) => new()
    {
        ["delete_untagged"] = DeleteUntagged,
        ["delete_tag"] = DeleteTag,
        ["dry_run"] = DryRun,
        ["workers"] = Workers,
        ["time_window"] = (long)window.TotalHours,
    };

    /// <summary>Reads what a schedule kept.</summary>
    public static RunParameters From(JsonObject kept) => Read(kept.ToDictionary(pair => pair.Key, pair => JsonSerializer.SerializeToElement(pair.Value)));
}
