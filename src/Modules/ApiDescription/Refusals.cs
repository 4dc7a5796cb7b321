using System.Text.Json.Nodes;
using Harbor.Platform.Http;

namespace Harbor.Modules.ApiDescription;

/// <summary>How operations refuse: always with the same envelope.</summary>
internal static class Refusals
{
    public const string Unauthorized = "Unauthorized";
    public const string Forbidden = "Forbidden";
    public const string NotFound = "NotFound";
    public const string Invalid = "Invalid";
    public const string Refused = "Refused";

    private static readonly (string Name, string Description)[] All =
    [
        (Unauthorized, "Credentials are needed."),
        (Forbidden, "The caller lacks the permission."),
        (NotFound, "What the path names does not exist."),
        (Invalid, "Parameters or body are at fault; the message has a line for each problem."),
        (Refused, "Any other refusal; its code tells the reason."),
    ];

    public static JsonNode Reference(string name) => new JsonObject { ["$ref"] = $"#/components/responses/{name}" };

    public static JsonObject Components() => new(All.OrderBy(each => each.Name, StringComparer.Ordinal).Select(each => KeyValuePair.Create(each.Name, (JsonNode?)new JsonObject
    {
        ["description"] = each.Description,
        ["content"] = new JsonObject { [JsonAnswer.ContentType] = new JsonObject { ["schema"] = Schemas.Reference(Schemas.Errors) } },
    })));
}
