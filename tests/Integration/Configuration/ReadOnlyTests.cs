using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Harbor.Integration.Api;
using Harbor.Integration.Content;
using Harbor.Integration.Identity;
using Harbor.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Configuration;

/// <summary>A registry that is read-only takes no change from anybody, and goes on serving.</summary>
public sealed partial class ReadOnlyTests : IAsyncLifetime
{
    private const string Refused = "403 DENIED The system is in read only mode. Any modification is prohibited.";

    // Harbor's exceptions, as far as they are mounted here. Under /service nothing is guarded.
    private static readonly string[] Exempt = ["PUT /api/v2.0/configurations", "POST /c/login", "POST /c/userExists", "POST /c/oidc/onboard"];

    private static readonly string[] Guarded = ["/api/", "/v2/", "/c/"];

    private TestHarbor harbor = null!;

    public async ValueTask InitializeAsync() => harbor = await TestHarbor.StartAsync();

    public ValueTask DisposeAsync() => harbor.DisposeAsync();

    [Fact]
    public async Task Every_operation_that_is_mounted_and_changes_something_is_refused_to_everybody_before_rights_are_looked_at()
    {
        var operations = harbor.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["POST", "PUT", "PATCH", "DELETE"], (endpoint, method) =>
                (Method: method, Path: "/" + Parameter().Replace(endpoint.RoutePattern.RawText!, "1").Trim('/')))
            .Where(each => each.Method is not ("GET" or "HEAD" or "OPTIONS") && Guarded.Any(root => each.Path.StartsWith(root, StringComparison.Ordinal)))
            .Distinct().ToList();
        Assert.True(operations.Count > 20, $"only {operations.Count} operations were found");
        await harbor.SetAsync("read_only", true);

        foreach (var (method, path) in operations.Where(each => !Exempt.Contains($"{each.Method} {each.Path}")))
        {
            // Under /c a browser comes with its token; what has none is refused for that.
            var expected = path.StartsWith("/c/", StringComparison.Ordinal) ? "403 FORBIDDEN CSRF token not found in request" : Refused;
            foreach (var client in new[] { harbor.Anonymous, harbor.Admin, harbor.ClientAs("admin", "wrong") })
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path);
                Assert.Equal($"{method} {path} {expected}", $"{method} {path} {await client.SendAsync(request).ToldAsync()}");
            }
        }
    }

    [Theory]
    [InlineData("POST", "/v2/library/web/blobs/uploads/")]
    [InlineData("PATCH", "/v2/library/web/blobs/uploads/0198c7f0-0000-7000-8000-000000000000")]
    [InlineData("PUT", "/v2/library/web/manifests/v1")]
    [InlineData("DELETE", "/v2/library/web/manifests/v1")]
    [InlineData("DELETE", "/v2/library/web/blobs/sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("POST", "/v2/")]
    [InlineData("POST", "/api/v2.0/nowhere")]
    [InlineData("POST", "/api/v2.0/projects")]
    [InlineData("POST", "/API/v2.0/projects")]
    [InlineData("POST", "/api//v2.0//projects/")]
    [InlineData("PROPFIND", "/api/v2.0/projects")]
    public async Task Pushes_deletes_and_paths_that_lead_nowhere_are_refused_alike(string method, string path)
    {
        await harbor.SetAsync("read_only", true);

        foreach (var client in new[] { harbor.Anonymous, harbor.Admin })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            Assert.Equal(Refused, await client.SendAsync(request).ToldAsync());
        }
    }

    [Fact]
    public async Task Signing_in_pulling_tokens_and_ending_it_go_on()
    {
        using var registry = new RegistryClient(harbor.Url, "library/kept");
        var image = TestImage.Of("kept", TestImage.Bytes(1));
        await registry.PushAsync(image, "v1");
        await harbor.SetAsync("read_only", true);

        using var reader = new RegistryClient(harbor.Url, "library/kept");
        Assert.Equal(image.Manifest.Content, await reader.GetAsync("manifests/v1"));
        using var browser = new Browser(harbor);
        await browser.SignInAsync("admin", TestHarbor.AdminPassword);
        Assert.StartsWith("200", await harbor.Admin.GetAsync("/service/token?service=harbor-registry&scope=repository:library/kept:pull,push").ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("405", await harbor.Anonymous.PostAsync("/service/token", null).ToldAsync(), StringComparison.Ordinal);
        Assert.True((bool)(await ApiClient.JsonAsync(harbor.Admin, "/api/v2.0/systeminfo"))["read_only"]!);

        await harbor.SetAsync("read_only", false);
        await harbor.ProjectAsync();
    }

    [Fact]
    public async Task A_running_upload_is_refused_its_next_request_and_goes_on_afterwards()
    {
        using var begun = await harbor.Admin.PostAsync("/v2/library/half/blobs/uploads/", null);
        var upload = begun.Headers.Location!.OriginalString;
        Assert.Equal(202, (int)await AppendAsync(upload, "first", 0));

        await harbor.SetAsync("read_only", true);
        Assert.Equal(403, (int)await AppendAsync(upload, "second", 5));
        Assert.Equal(204, (int)(await harbor.Admin.GetAsync(upload)).StatusCode);

        await harbor.SetAsync("read_only", false);
        Assert.Equal(202, (int)await AppendAsync(upload, "second", 5));
        using var finished = await harbor.Admin.PutAsync($"{upload}{(upload.Contains('?', StringComparison.Ordinal) ? '&' : '?')}digest={Oci.Digest.Of("firstsecond"u8)}", null);
        Assert.Equal(201, (int)finished.StatusCode);
    }

    private async Task<System.Net.HttpStatusCode> AppendAsync(string upload, string text, int offset)
    {
        using var content = new StringContent(text);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.TryAddWithoutValidation("Content-Range", $"{offset}-{offset + text.Length - 1}");
        using var answer = await harbor.Admin.PatchAsync(upload, content);
        return answer.StatusCode;
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
