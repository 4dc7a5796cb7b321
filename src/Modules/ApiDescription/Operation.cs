using System.Text.Json.Nodes;
using Harbor.Modules.Access;
using Harbor.Platform.Http;
using Harbor.Platform.Http.Binding;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace Harbor.Modules.ApiDescription;

/// <summary>One operation, as its endpoint's metadata tell it.</summary>
/// <param name="Path">Below the base path.</param>
/// <param name="Method">In lower case, as documents have it.</param>
internal sealed record Operation(string Path, string Method, RouteEndpoint Endpoint)
{
    public const string TotalCount = "X-Total-Count";
    public const string Link = "Link";
    public const string Location = "Location";

    private static readonly string[] Places = ["path", "query", "header"];

    private readonly IReadOnlyList<ApiParameter> declared = Endpoint.Metadata.GetOrderedMetadata<ApiParameter>();

    public string Id => Endpoint.Metadata.GetRequiredMetadata<IEndpointNameMetadata>().EndpointName;

    public string Tag => Endpoint.Metadata.GetRequiredMetadata<ITagsMetadata>().Tags[0];

    public ApiParameter? Body => declared.SingleOrDefault(each => each.In == "body");

    public static IEnumerable<Operation> Of(RouteEndpoint endpoint)
    {
        var path = "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Skip(2).Select(segment => string.Concat(segment.Parts.Select(part =>
            part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter ? $"{{{parameter.Name}}}" : ((Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart)part).Content))));
        return endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Select(method => new Operation(path, method.ToLowerInvariant(), endpoint));
    }

    public JsonObject Describe(Schemas schemas)
    {
        var access = RequiredAccess.Of(Endpoint);
        var parameters = Parameters().OrderBy(each => Array.IndexOf(Places, each.In)).ToList();
        var described = new JsonObject { ["operationId"] = Id, ["tags"] = new JsonArray(Tag), ["summary"] = Summaries.Of(Id) };
        if (access.Permissions.Count > 0)
        {
            described["description"] = $"Needs {string.Join(" and ", access.Permissions.Select(each => $"`{each}`"))}.";
            described["x-permissions"] = new JsonArray([.. access.Permissions.Select(each => JsonValue.Create(each))]);
        }

        if (!access.LooksAtCredentials)
        {
            described["security"] = new JsonArray();
        }
        else if (!access.NeedsSignIn)
        {
            described["security"] = ApiDocument.Credentials(orNone: true);
        }

        if (parameters.Count > 0)
        {
            described["parameters"] = new JsonArray([.. parameters.Select(Describe)]);
        }

        if (Body is { BodyType: { } type } body)
        {
            described["requestBody"] = new JsonObject { ["required"] = body.Required, ["content"] = Content(JsonAnswer.ContentType, schemas.Of(type)) };
        }

        described["responses"] = Responses(schemas, access, parameters);
        return described;
    }

    // A number in the path stands in the route and in a declaration; the latter says more.
    private IEnumerable<ApiParameter> Parameters() => Endpoint.RoutePattern.Parameters
        .Where(route => !declared.Any(each => each.In == "path" && each.Name == route.Name))
        .Select(route => new ApiParameter(route.Name, "path", "string", Required: true))
        .Concat(declared.Where(each => each.In != "body"));

    private static JsonObject Describe(ApiParameter parameter)
    {
        var schema = new JsonObject { ["type"] = parameter.Type };
        if (parameter.Type == "integer")
        {
            schema["format"] = "int64";
        }

        if (parameter.Default is { } standard)
        {
            schema["default"] = standard switch { bool flag => flag, long number => number, _ => $"{standard}" };
        }

        if (parameter.Maximum is { } maximum)
        {
            schema["maximum"] = maximum;
        }

        var described = new JsonObject { ["name"] = parameter.Name, ["in"] = parameter.In, ["schema"] = schema };
        if (parameter.Required)
        {
            described["required"] = true;
        }

        if (Summaries.OfParameter(parameter.Name) is { } summary)
        {
            described["description"] = summary;
        }

        return described;
    }

    private JsonObject Responses(Schemas schemas, RequiredAccess access, List<ApiParameter> parameters)
    {
        var responses = new JsonObject();
        foreach (var answer in Endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().DistinctBy(each => each.StatusCode).OrderBy(each => each.StatusCode))
        {
            responses[$"{answer.StatusCode}"] = Response(schemas, answer, parameters);
        }

        foreach (var status in RefusedWith(access, parameters).Concat(Refusals.Of(Id)).Order().Distinct().Where(status => !responses.ContainsKey($"{status}")))
        {
            responses[$"{status}"] = Refusals.Reference(status);
        }

        responses["default"] = Refusals.ReferenceToAnyOther();
        return responses;
    }

    private IEnumerable<int> RefusedWith(RequiredAccess access, List<ApiParameter> parameters)
    {
        (bool Applies, int Status)[] refusals =
        [
            (parameters.Count > 0 || Body is not null, StatusCodes.Status400BadRequest),
            (access.NeedsSignIn || access.Permissions.Count > 0, StatusCodes.Status401Unauthorized),
            (access.Permissions.Count > 0, StatusCodes.Status403Forbidden),
            (parameters.Exists(each => each.In == "path"), StatusCodes.Status404NotFound),
            (Endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Any(each => each.StatusCode == StatusCodes.Status201Created), StatusCodes.Status409Conflict),
            (parameters.Exists(each => each.Required || each.Type == "integer") || Body is not null, StatusCodes.Status422UnprocessableEntity),
        ];
        return refusals.Where(each => each.Applies).Select(each => each.Status);
    }

    private static JsonObject Response(Schemas schemas, IProducesResponseTypeMetadata answer, List<ApiParameter> parameters)
    {
        var response = new JsonObject { ["description"] = ReasonPhrases.GetReasonPhrase(answer.StatusCode) };
        string[] headers = answer.StatusCode == StatusCodes.Status201Created ? [Location]
            : parameters.Exists(each => each.Name == "page_size") && answer.Type is not null && Schemas.IsList(answer.Type) ? [TotalCount, Link]
            : [];
        if (headers.Length > 0)
        {
            response["headers"] = new JsonObject(headers.Select(each => KeyValuePair.Create(each, (JsonNode?)new JsonObject { ["$ref"] = $"#/components/headers/{each}" })));
        }

        if (answer.Type is { } type && type != typeof(void))
        {
            response["content"] = Content(answer.ContentTypes.FirstOrDefault() ?? JsonAnswer.ContentType, schemas.Of(type));
        }

        return response;
    }

    private static JsonObject Content(string type, JsonNode schema) => new() { [type] = new JsonObject { ["schema"] = schema } };
}
