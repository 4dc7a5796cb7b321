using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Harbor.Platform.Http;
using Microsoft.AspNetCore.Http;

namespace Harbor.Modules.ApiDescription;

/// <summary>How operations refuse: always with the same envelope. Those that an operation's route does not tell of are in <c>refusals.txt</c>.</summary>
internal static class Refusals
{
    private const string AnyOther = "Refused";

    private static readonly FrozenDictionary<string, int[]> OfSingle = Read();

    private static readonly (int Status, string Name, string Description)[] All =
    [
        (StatusCodes.Status400BadRequest, "BadRequest", "A value is at fault; the message tells which."),
        (StatusCodes.Status401Unauthorized, "Unauthorized", "Credentials are needed."),
        (StatusCodes.Status403Forbidden, "Forbidden", "The caller lacks the permission."),
        (StatusCodes.Status404NotFound, "NotFound", "What the path names does not exist."),
        (StatusCodes.Status409Conflict, "Conflict", "It exists already, or something else has its name."),
        (StatusCodes.Status412PreconditionFailed, "Precondition", "Something stands in the way; the message tells what."),
        (StatusCodes.Status422UnprocessableEntity, "Invalid", "Parameters or body are at fault; the message has a line for each problem."),
        (0, AnyOther, "Any other refusal; its code tells the reason."),
    ];

    /// <summary>Operations of which <c>refusals.txt</c> tells.</summary>
    public static IEnumerable<string> Known => OfSingle.Keys;

    public static IReadOnlyList<int> Of(string operation) => OfSingle.GetValueOrDefault(operation, []);

    public static JsonNode Reference(int status) => Reference(All.Single(each => each.Status == status).Name);

    public static JsonNode ReferenceToAnyOther() => Reference(AnyOther);

    public static JsonObject Components() => new(All.OrderBy(each => each.Name, StringComparer.Ordinal).Select(each => KeyValuePair.Create(each.Name, (JsonNode?)new JsonObject
    {
        ["description"] = each.Description,
        ["content"] = new JsonObject { [JsonAnswer.ContentType] = new JsonObject { ["schema"] = Schemas.Reference(Schemas.Errors) } },
    })));

    private static JsonObject Reference(string name) => new() { ["$ref"] = $"#/components/responses/{name}" };

    private static FrozenDictionary<string, int[]> Read()
    {
        using var reader = new StreamReader(typeof(Refusals).Assembly.GetManifestResourceStream("Harbor.Modules.ApiDescription.refusals.txt")!, Encoding.UTF8);
        return reader.ReadToEnd().Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' '))
            .ToFrozenDictionary(parts => parts[0], parts => parts[1..].Select(status => int.Parse(status, CultureInfo.InvariantCulture)).ToArray(), StringComparer.Ordinal);
    }
}
