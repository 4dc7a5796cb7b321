using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Harbor.Integration.Api;

/// <summary>The OpenAPI document that is served, and the copy of it that clients are generated from.</summary>
public sealed partial class ApiDescriptionTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task The_committed_document_is_the_one_that_is_served()
    {
        var served = await api.Anonymous.GetStringAsync("/api/v2.0/openapi.json");
        var file = Path.Combine(Root(), "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(file, served);
        }

        Assert.True(await File.ReadAllTextAsync(file) == served, "docs/openapi.json is not what the server says of itself; run this test with UPDATE_DOCS=1 and commit the file");
    }

    [Fact]
    public async Task Every_operation_is_described_with_a_line_of_prose_and_every_reference_leads_somewhere()
    {
        var document = await api.Anonymous.JsonAsync("/api/v2.0/openapi.json");
        var described = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => operation.Value!)).ToList();

        Assert.Equal(MountedOperation.Of(api.Harbor).Select(each => each.Id).Order(StringComparer.Ordinal), described.Select(each => (string)each["operationId"]!).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(described, each => (string)each["summary"]! == (string)each["operationId"]!);
        foreach (var reference in Reference().Matches(document.ToJsonString()).Select(match => match.Groups[1].Value).Distinct())
        {
            Assert.True(reference.Split('/').Aggregate((JsonNode?)document, (node, key) => node?[key]) is not null, reference);
        }
    }

    [Fact]
    public async Task Paths_parameters_and_bodies_are_the_contracts()
    {
        var document = await api.Anonymous.JsonAsync("/api/v2.0/openapi.json");
        var contract = Contract.Load().Operations.ToDictionary(each => each.Id);
        foreach (var (path, methods) in document["paths"]!.AsObject())
        {
            foreach (var (method, described) in methods!.AsObject())
            {
                var operation = contract[(string)described!["operationId"]!];
                Assert.Equal($"{operation.Method} {operation.Path.TrimEnd('/')}", $"{method.ToUpperInvariant()} /api/v2.0{path}");
                var parameters = described["parameters"]?.AsArray().Select(each => $"{each!["in"]} {each["name"]} {each["schema"]!["type"]}") ?? [];
                var expected = (operation.Parameters ?? []).Where(each => !each.StartsWith("body ", StringComparison.Ordinal)).Select(each => string.Join(' ', each.Split(' ').Take(3)));
                Assert.Equal(expected.Order(StringComparer.Ordinal), parameters.Order(StringComparer.Ordinal));
                Assert.Equal(operation.Body is not null, described["requestBody"] is not null);
            }
        }
    }

    [Fact]
    public async Task The_explorer_loads_nothing_from_elsewhere_and_runs_no_script_but_its_own()
    {
        using var page = await api.Anonymous.GetAsync("/devcenter-api-2.0");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.Equal("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", policy);
        var html = await page.BodyAsync();
        Assert.DoesNotMatch("(?i)<style|\\sstyle=|\\son[a-z]+=|https?://|<script(?![^>]*src=)", html);
        foreach (var file in Source().Matches(html).Select(match => match.Groups[1].Value))
        {
            using var part = await api.Anonymous.GetAsync(file);
            Assert.Equal(HttpStatusCode.OK, part.StatusCode);
            Assert.DoesNotMatch("innerHTML|insertAdjacentHTML|document\\.write|eval\\(|https?://", await part.BodyAsync());
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Harbor.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        return folder.FullName;
    }

    [GeneratedRegex("\"\\$ref\":\"#/([^\"]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("(?:src|href)=\"([^\"]+[.](?:js|css))\"")]
    private static partial Regex Source();
}
