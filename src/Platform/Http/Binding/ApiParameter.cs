using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Harbor.Platform.Http.Binding;

/// <summary>One parameter of an operation: what the contract says of it, and how it is read.</summary>
/// <param name="Name">Name on the wire.</param>
/// <param name="In"><c>query</c>, <c>path</c>, <c>header</c> or <c>body</c>.</param>
/// <param name="Type"><c>string</c>, <c>integer</c>, <c>boolean</c>; <c>object</c> for a body.</param>
/// <param name="Default">What stands when the parameter is absent or empty.</param>
/// <remarks>It is endpoint metadata too: the description of our API and the contract tests are made from it.</remarks>
public sealed record ApiParameter(string Name, string In, string Type, bool Required = false, object? Default = null, long? Maximum = null)
{
    /// <summary>The contract type of a body; null for everything else.</summary>
    public Type? BodyType { get; init; }

    public static ApiParameter Text(string name, bool required = false) => new(name, "query", "string", required);

    public static ApiParameter Flag(string name, bool? standard = null) => new(name, "query", "boolean", Default: standard);

    public static ApiParameter Number(string name, long? standard = null, long? maximum = null) =>
        new(name, "query", "integer", Default: standard, Maximum: maximum);

    /// <summary>A number that is part of the route.</summary>
    public static ApiParameter PathNumber(string name) => new(name, "path", "integer", Required: true);

    /// <summary>The text; null when absent. A required one that is absent or empty is a problem.</summary>
    public string? ReadText(HttpContext http)
    {
        var text = Raw(http);
        if (Required && text is null)
        {
            RequestProblems.Of(http).Missing(Name, In);
        }

        return text;
    }

    /// <summary>Harbor takes several words for true, and every other word for false.</summary>
    public bool ReadFlag(HttpContext http) => FindFlag(http) ?? false;

    /// <summary>The same; null when absent and without a default.</summary>
    public bool? FindFlag(HttpContext http) => Raw(http) is { Length: > 0 } text ? LooseBoolean.IsTrue(text) : (bool?)Default;

    /// <summary>A number of 64 bits; the default, or 0, when absent, empty or at fault.</summary>
    public long ReadNumber(HttpContext http)
    {
        var standard = Default is long value ? value : 0;
        if (Raw(http) is not { Length: > 0 } text)
        {
            return standard;
        }

        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            RequestProblems.Of(http).WrongType(Name, In, "int64", text);
            return standard;
        }

        if (number > Maximum)
        {
            RequestProblems.Of(http).TooLarge(Name, In, Maximum.Value);
            return standard;
        }

        return number;
    }

    // Of a parameter that is given twice, Harbor takes the last one in a query and the first one in a header.
    private string? Raw(HttpContext http) => In switch
    {
        "path" => http.GetRouteValue(Name) as string,
        "header" => http.Request.Headers[Name] is [var first, ..] ? first : null,
        _ => http.Request.Query[Name] is [.., var last] ? last : null,
    };
}
