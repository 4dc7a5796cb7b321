using System.Net;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Harbor.Conformance.Registry;

/// <summary>An answer, read to its end.</summary>
internal sealed record Answer(HttpStatusCode Status, ILookup<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
    }

    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var body = await response.Content.ReadAsByteArrayAsync();
            var headers = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
                .SelectMany(header => header.Value, (header, value) => (header.Key, value))
                .ToLookup(header => header.Key, header => header.value, StringComparer.OrdinalIgnoreCase);
            return new Answer(response.StatusCode, headers, body);
        }
    }

    /// <summary>Asks for a path from the root.</summary>
    public static async Task<Answer> ToAsync(HttpClient client, HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await ReadAsync(await client.SendAsync(request));
    }

    /// <summary>A header given once; null when it is absent.</summary>
    public string? Header(string name) => Headers[name].SingleOrDefault();

    /// <summary>Asserts the status.</summary>
    public Answer Is(HttpStatusCode status)
    {
        Assert.True(status == Status, $"{(int)status} was expected, not {(int)Status}: {Text}");
        return this;
    }

    /// <summary>Asserts a refusal in Harbor's error envelope.</summary>
    /// <returns>The message.</returns>
    public string Refuses(HttpStatusCode status, string code)
    {
        Is(status);
        Assert.Equal("application/json; charset=utf-8", Header("Content-Type"));
        Assert.EndsWith("}\n", Text, StringComparison.Ordinal);
        Assert.Equal(["errors"], Json.EnumerateObject().Select(property => property.Name));
        var error = Assert.Single(Json.GetProperty("errors").EnumerateArray());
        Assert.True(code == error.GetProperty("code").GetString(), $"{code} was expected: {Text}");
        Assert.All(error.EnumerateObject(), property => Assert.Contains(property.Name, (string[])["code", "message", "detail"]));
        return error.GetProperty("message").GetString()!;
    }
}
