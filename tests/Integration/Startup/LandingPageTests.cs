using System.Net;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Startup;

public sealed class LandingPageTests : IAsyncLifetime
{
    private TestHarbor harbor = null!;

    public async ValueTask InitializeAsync() => harbor = await TestHarbor.StartAsync();

    public ValueTask DisposeAsync() => harbor.DisposeAsync();

    [Fact]
    public async Task The_root_says_how_to_push_to_the_address_that_the_browser_used()
    {
        using var response = await GetAsync("/");
        var page = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Contains($"docker push {harbor.Url.Authority}/library/hello:1", page, StringComparison.Ordinal);
        Assert.DoesNotContain("insecure-registries", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_runs_no_script_and_allows_none()
    {
        using var response = await GetAsync("/");

        Assert.StartsWith("default-src 'none'; style-src 'self';", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("<script", await response.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
        using var style = await GetAsync("/landing.css");
        Assert.Equal("text/css", style.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_proxys_word_about_the_address_is_taken()
    {
        using var response = await GetAsync("/", ("X-Forwarded-Host", "registry.example.com"), ("X-Forwarded-Proto", "https"));

        Assert.Contains("docker login registry.example.com", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("max-age=31536000", response.Headers.GetValues("Strict-Transport-Security").Single());
    }

    [Fact]
    public async Task Over_plain_HTTP_elsewhere_than_here_the_page_says_what_clients_need()
    {
        using var response = await GetAsync("/", ("X-Forwarded-Host", "registry.example.com:8080"));

        Assert.Contains("\"insecure-registries\": [\"registry.example.com:8080\"]", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_without_a_host_gets_the_page_too()
    {
        await using var connection = await harbor.ConnectAsync();

        await connection.SendAsync("GET / HTTP/1.0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200", await connection.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Markup_in_the_host_is_not_passed_on()
    {
        await using var connection = await harbor.ConnectAsync();

        await connection.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Host: <b>x</b>\r\nConnection: close\r\n\r\n");

        Assert.DoesNotContain("<b>x", await connection.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/_ping")]
    [InlineData("/v1/")]
    [InlineData("/index.php")]
    [InlineData("/.env")]
    public async Task What_is_not_there_is_a_404_page_outside_the_APIs(string path)
    {
        using var response = await GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("/api/v2.0/nothing-here")]
    [InlineData("/v2/library/nothing/tags/list")]
    [InlineData("/service/nothing-here")]
    public async Task An_API_says_it_in_its_own_way(string path)
    {
        using var response = await GetAsync(path);

        Assert.NotEqual("text/html", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_management_body_over_one_mebibyte_is_refused()
    {
        using var body = new ByteArrayContent(new byte[(1024 * 1024) + 1]);
        body.Headers.ContentType = new("application/json");

        using var response = await harbor.Admin.PostAsync(new Uri("/api/v2.0/projects", UriKind.Relative), body);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await harbor.Anonymous.SendAsync(request);
    }
}
