using System.Text.Json;
using System.Text.Json.Nodes;

namespace Harbor.Modules.Audit.Purge;

/// <summary>What a purge is told.</summary>
/// <param name="RetentionHours">Records older than this go; 0 or less: none do.</param>
/// <param name="IncludeEventTypes">Comma-separated, as the client sent it.</param>
internal sealed record PurgeRequest(long RetentionHours, string IncludeEventTypes, bool DryRun)
{
    private const long MaxHours = 240_000;
    private const int MaxTypesLength = 4096;

    private const string Hours = "audit_retention_hour";
    private const string Types = "include_event_types";
    private const string Dry = "dry_run";

    /// <exception cref="Oci.RegistryException"><c>BAD_REQUEST</c>: a parameter is missing or at fault.</exception>
    public static PurgeRequest From(IReadOnlyDictionary<string, JsonElement>? parameters)
    {
        if (parameters is not { Count: > 0 })
        {
            throw PurgeErrors.NoParameters();
        }

        var hours = Find(parameters, Hours) is not { } given ? throw PurgeErrors.Missing(Hours)
            : given.ValueKind == JsonValueKind.Number && given.TryGetInt64(out var number) ? number : throw PurgeErrors.Invalid(Hours, "a whole number");
        if (hours > MaxHours)
        {
            throw PurgeErrors.TooManyHours(Hours, MaxHours);
        }

        var types = Find(parameters, Types) is not { } list ? throw PurgeErrors.Missing(Types)
            : list.ValueKind == JsonValueKind.String && list.GetString() is { Length: <= MaxTypesLength } text ? text : throw PurgeErrors.Invalid(Types, $"a text of {MaxTypesLength} characters at most");
        return new PurgeRequest(hours, types, Find(parameters, Dry) is { } dry && (dry.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw PurgeErrors.Invalid(Dry, "true or false"),
        }));
    }

    /// <summary>As it stands with a schedule and with what was run.</summary>
    public JsonObject ToJson() => new() { [Hours] = RetentionHours, [Dry] = DryRun, [Types] = IncludeEventTypes };

    public static PurgeRequest From(JsonObject kept) => new(kept[Hours]!.GetValue<long>(), kept[Types]!.GetValue<string>(), kept[Dry]!.GetValue<bool>());

    private static JsonElement? Find(IReadOnlyDictionary<string, JsonElement> parameters, string name) =>
        parameters.TryGetValue(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? value : null;
}
