using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Harbor.Platform.Http;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Modules.ApiDescription;

/// <summary>The management API as an OpenAPI 3.0 document. The same operations always give the same bytes.</summary>
/// <remarks>Source: OpenAPI Specification 3.0.3.</remarks>
internal static class ApiDocument
{
    private const string About =
        "The REST API of Harbor, version 2.0. Lists come in pages: `page` and `page_size` choose one, `X-Total-Count` tells how many rows there are, " +
        "and `Link` where the neighbouring pages are. `q` filters and `sort` orders by the columns that a list knows; keys that it does not know are ignored.";

    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(IEnumerable<RouteEndpoint> endpoints)
    {
        var operations = endpoints.Where(IsDescribed).SelectMany(Operation.Of).OrderBy(each => each.Path, StringComparer.Ordinal).ThenBy(each => each.Method, StringComparer.Ordinal).ToList();
        var schemas = new Schemas(operations.Select(each => each.Body?.BodyType).OfType<Type>());
        var paths = new JsonObject();
        foreach (var path in operations.GroupBy(each => each.Path))
        {
            paths[path.Key] = new JsonObject(path.Select(each => KeyValuePair.Create(each.Method, (JsonNode?)each.Describe(schemas))));
        }

        var document = new JsonObject
        {
            ["openapi"] = "3.0.3",
            ["info"] = new JsonObject
            {
                ["title"] = "Harbor API",
                ["description"] = About,
                ["version"] = "2.0",
                ["license"] = new JsonObject { ["name"] = "Apache-2.0", ["url"] = "https://www.apache.org/licenses/LICENSE-2.0" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = ManagementApi.BasePath }),
            ["security"] = Credentials(orNone: false),
            ["tags"] = new JsonArray([.. operations.Select(each => each.Tag).Distinct().Order(StringComparer.Ordinal).Select(tag => new JsonObject { ["name"] = tag })]),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = SecuritySchemes(),
                ["headers"] = Headers(),
                ["responses"] = Refusals.Components(),
                ["schemas"] = schemas.Components(),
            },
        };
        return [.. JsonSerializer.SerializeToUtf8Bytes(document, Layout), (byte)'\n'];
    }

    /// <summary>The ways to say who is calling, of which one is enough.</summary>
    /// <param name="orNone">Whether none is enough too.</param>
    public static JsonArray Credentials(bool orNone)
    {
        var ways = new JsonArray(new JsonObject { ["basic"] = new JsonArray() }, new JsonObject { ["session"] = new JsonArray() });
        if (orNone)
        {
            ways.Insert(0, new JsonObject());
        }

        return ways;
    }

    private static bool IsDescribed(RouteEndpoint endpoint) =>
        ("/" + endpoint.RoutePattern.RawText!.TrimStart('/')).StartsWith(ManagementApi.BasePath + "/", StringComparison.Ordinal)
        && endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null;

    private static JsonObject SecuritySchemes() => new()
    {
        ["basic"] = new JsonObject
        {
            ["type"] = "http",
            ["scheme"] = "basic",
            ["description"] = "A user's or a robot account's name and secret.",
        },
        ["session"] = new JsonObject
        {
            ["type"] = "apiKey",
            ["in"] = "cookie",
            ["name"] = "sid",
            ["description"] = "The session of a browser. A request with this cookie that is no GET or HEAD must also send, as X-Harbor-CSRF-Token, the header of that name from an earlier answer.",
        },
    };

    private static JsonObject Headers() => new()
    {
        [Operation.TotalCount] = Header("integer", "Rows of the whole list."),
        [Operation.Link] = Header("string", "Where the previous and the next page are."),
        [Operation.Location] = Header("string", "Path of what was made; it ends with its id or name."),
    };

    private static JsonObject Header(string type, string description) =>
        new() { ["description"] = description, ["schema"] = new JsonObject { ["type"] = type } };
}
