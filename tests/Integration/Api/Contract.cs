using System.Text.Json;

namespace Harbor.Integration.Api;

/// <summary>Harbor's API description, reduced to what clients depend on: paths, parameters, statuses, and the names and types of fields.</summary>
/// <remarks>
/// A parameter reads <c>query page integer default 1</c>. A field reads <c>repo_count!:integer</c>, with the mark when it is always
/// present. A type is <c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c>, <c>time</c>, <c>object</c> (anything), a model's name,
/// <c>[T]</c> for a list or <c>{T}</c> for a map from texts.
/// </remarks>
internal sealed record Contract(IReadOnlyList<ContractOperation> Operations, IReadOnlyDictionary<string, string> Models)
{
    private static readonly JsonSerializerOptions Reading = new(JsonSerializerDefaults.Web);

    /// <summary>Harbor's operations, and ours that Harbor does not have: <c>extensions.json</c>, each with its reason.</summary>
    public static Contract Load()
    {
        var (harbor, ours) = (Read("contract.json"), Read("extensions.json"));
        return new Contract([.. harbor.Operations, .. ours.Operations], harbor.Models.Concat(ours.Models).ToDictionary());
    }

    public static IReadOnlyList<ContractOperation> Extensions() => Read("extensions.json").Operations;

    private static Contract Read(string name) => JsonSerializer.Deserialize<Contract>(Resource(name), Reading)!;

    /// <summary>Ids of the operations that the product does not have yet.</summary>
    public static IReadOnlyList<string> Pending()
    {
        using var reader = new StreamReader(Resource("pending.txt"));
        return [.. from line in reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries) where !line.StartsWith('#') from id in line.Split(": ")[1].Split(' ') select id];
    }

    public IEnumerable<ContractField> FieldsOf(string model) => Models[model].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text =>
    {
        var parts = text.Split(':');
        return new ContractField(parts[0].TrimEnd('!'), parts[0].EndsWith('!'), parts[1]);
    });

    private static Stream Resource(string name) => typeof(Contract).Assembly.GetManifestResourceStream($"Harbor.Integration.Api.{name}")!;
}

/// <param name="Success">Statuses of success, separated by spaces.</param>
/// <param name="Refusals">Statuses of refusals that are documented; others are possible.</param>
/// <param name="Reason">Why there is such an operation though Harbor has none; null: it is Harbor's.</param>
internal sealed record ContractOperation(
    string Id, string Tag, string Method, string Path, string[]? Parameters, string? Body, string Success, string? Answer, string? Refusals, string? Reason = null);

internal sealed record ContractField(string Name, bool AlwaysPresent, string Type);
