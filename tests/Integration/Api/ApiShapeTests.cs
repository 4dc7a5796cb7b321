using Xunit;

namespace Harbor.Integration.Api;

/// <summary>What holds for every operation alike.</summary>
public sealed class ApiShapeTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Theory]
    [InlineData("/api/v2.0/nothing", "/api/v2.0/nothing")]
    [InlineData("/api/v2.0", "/api/v2.0")]
    [InlineData("/api/v2.0/projects/library/nothing", "/api/v2.0/projects/library/nothing")]
    [InlineData("/api/v2.0/%C3%A9%20x", "/api/v2.0/%C3%A9%20x")]
    public async Task A_path_that_is_none_is_named_in_the_refusal(string path, string shown) =>
        Assert.Equal((404, "NOT_FOUND", $"path {shown} was not found"), await api.Admin.RefusalAsync(path));

    [Fact]
    public async Task A_verb_that_an_operation_does_not_have_is_refused_with_those_it_has()
    {
        using var refused = await api.Admin.CallAsync(HttpMethod.Patch, "/api/v2.0/projects");

        var (status, code, message) = await refused.RefusalAsync();
        Assert.Equal((405, "METHOD_NOT_ALLOWED"), (status, code));
        Assert.Equal(["GET", "HEAD", "POST"], message.Split('[', ']')[1].Split(',', StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal));
        Assert.Equal(["GET", "HEAD", "POST"], refused.Content.Headers.Allow.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("application/json", 200)]
    [InlineData("*/*", 200)]
    [InlineData("text/html, application/*;q=0.5", 200)]
    [InlineData("application/json;charset=utf-8", 200)]
    [InlineData("application/vnd.oci.image.manifest.v1+json", 422)]
    [InlineData("text/html", 422)]
    public async Task Whoever_takes_no_JSON_gets_none(string accept, int expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v2.0/projects");
        Assert.True(request.Headers.TryAddWithoutValidation("Accept", accept));
        using var answer = await api.Anonymous.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("/api/v2.0/projects/library/", 200)]
    [InlineData("/api//v2.0///projects", 200)]
    [InlineData("/api/v2.0/projects?name=a;b", 400)]
    [InlineData("/api/v2.0/projects?name=%zz", 400)]
    [InlineData("/api/v2.0/projects?name=%00", 400)]
    [InlineData("/api/v2.0/projects/%00", 400)]
    [InlineData("/api/v2.0/projects/library%2F..%2Fx", 404)]
    [InlineData("/api/v2.0/projects/99999999999999999999", 404)]
    public async Task Odd_addresses_get_plain_answers(string path, int expected)
    {
        await using var connection = await api.Harbor.ConnectAsync();
        await connection.SendAsync(
            $"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Basic {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"admin:{Support.TestHarbor.AdminPassword}"))}\r\n\r\n");

        Assert.StartsWith($"HTTP/1.1 {expected} ", await connection.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_names_its_request()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v2.0/projects?page_size=101");
        request.Headers.Add("X-Request-Id", "mine-1");
        using var named = await api.Anonymous.SendAsync(request, TestContext.Current.CancellationToken);
        using var unnamed = await api.Anonymous.CallAsync(HttpMethod.Get, "/api/v2.0/projects");

        Assert.Equal(["mine-1"], named.Headers.GetValues("X-Request-Id"));
        Assert.True(Guid.TryParse(unnamed.Headers.GetValues("X-Request-Id").Single(), out _));
    }
}
