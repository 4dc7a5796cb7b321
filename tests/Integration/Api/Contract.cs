using System.Text.Json;

namespace Harbor.Integration.Api;

/// <summary>Harbor's API description, reduced to what clients depend on: paths, parameters, statuses and the names of fields.</summary>
/// <remarks>
/// A parameter reads <c>query page integer default 1</c>. A field reads <c>repo_count!</c> when it is always present, and
/// <c>tags:Tag</c> when it holds that model, or a list or map of it.
/// </remarks>
internal sealed record Contract(IReadOnlyList<ContractOperation> Operations, IReadOnlyDictionary<string, string> Models)
{
    private static readonly JsonSerializerOptions Reading = new(JsonSerializerDefaults.Web);

    public static Contract Load()
    {
        using var stream = typeof(Contract).Assembly.GetManifestResourceStream("Harbor.Integration.Api.contract.json")!;
        return JsonSerializer.Deserialize<Contract>(stream, Reading)!;
    }

    public IEnumerable<ContractField> FieldsOf(string model) => Models[model].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text =>
    {
        var parts = text.Split(':');
        return new ContractField(parts[0].TrimEnd('!'), parts[0].EndsWith('!'), parts.ElementAtOrDefault(1));
    });
}

internal sealed record ContractOperation(string Id, string Method, string Path, string[]? Parameters, string? Body, string Success, string? Answer);

internal sealed record ContractField(string Name, bool AlwaysPresent, string? Model);
