using System.Net;
using Harbor.Modules.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Harbor.Unit.Access.Csrf;

public sealed class CsrfMiddlewareTests : IAsyncLifetime
{
    private RunningApp app = null!;

    public async ValueTask InitializeAsync() => app = await RunningApp.StartAsync(routes =>
    {
        foreach (var path in (string[])["/api/v2.0/x", "/c/x", "/service/x", "/v2/x"])
        {
            routes.Map(path, () => "done").AllowAnyone();
        }

        routes.MapPost("/v2/blob", async (HttpContext http) =>
        {
            using var reader = new StreamReader(http.Request.Body);
            return await reader.ReadToEndAsync();
        });
        routes.MapPost("/portal", () => "done");
    });

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Theory]
    [InlineData("/api/v2.0/x", null, false)]
    [InlineData("/api/v2.0/x", "sid=1", true)]
    [InlineData("/API/v2.0/x", "sid=1", true)]
    [InlineData("/service/x", null, false)]
    [InlineData("/service/x", "sid=1", true)]
    [InlineData("/v2/x", null, false)]
    [InlineData("/v2/x", "sid=1", true)]
    [InlineData("/c/x", null, true)]
    [InlineData("/c/x", "sid=1", true)]
    [InlineData("/portal", "sid=1", false)]
    public async Task A_write_is_checked_where_a_browser_may_be_abused(string path, string? cookie, bool isChecked)
    {
        var answer = await PostAsync(path, cookie, token: null);

        Assert.Equal(isChecked ? HttpStatusCode.Forbidden : HttpStatusCode.OK, answer.Status);
        Assert.Equal(isChecked, answer.Headers.ContainsKey("X-Harbor-CSRF-Token"));
        Assert.Equal(isChecked, answer.Headers.TryGetValue("Vary", out var vary) && vary == "Cookie");
    }

    [Fact]
    public async Task The_token_of_any_answer_lets_a_write_pass()
    {
        var first = await app.GetAsync("/c/x");
        var cookie = Cookie(first);
        var second = await app.GetAsync("/api/v2.0/x", null, ("Cookie", $"sid=1; {cookie}"));

        Assert.NotEqual(first.Headers["X-Harbor-CSRF-Token"], second.Headers["X-Harbor-CSRF-Token"]);
        Assert.DoesNotContain("Set-Cookie", second.Headers.Keys);
        Assert.Equal("done", (await PostAsync("/c/x", cookie, first.Headers["X-Harbor-CSRF-Token"])).Body);
        Assert.Equal("done", (await PostAsync("/api/v2.0/x", $"sid=1; {cookie}", second.Headers["X-Harbor-CSRF-Token"])).Body);
        Assert.Equal("done", (await PostAsync("/c/x", cookie, first.Headers["X-Harbor-CSRF-Token"])).Body);
    }

    [Fact]
    public async Task A_form_may_carry_the_token()
    {
        var first = await app.GetAsync("/c/x");
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["gorilla.csrf.Token"] = first.Headers["X-Harbor-CSRF-Token"] });

        Assert.Equal("done", (await app.SendAsync(HttpMethod.Post, "/c/x", null, form, ("Cookie", Cookie(first)))).Body);
    }

    [Fact]
    public async Task A_layer_is_never_read_as_a_form()
    {
        var first = await app.GetAsync("/v2/x", null, ("Cookie", "sid=1"));
        using var layer = new FormUrlEncodedContent(new Dictionary<string, string> { ["gorilla.csrf.Token"] = first.Headers["X-Harbor-CSRF-Token"] });

        var refused = await app.SendAsync(HttpMethod.Post, "/v2/blob", null, layer, ("Cookie", $"sid=1; {Cookie(first)}"));

        Assert.Equal("CSRF token not found in request", refused.Message);
    }

    [Fact]
    public async Task A_refusal_says_which_and_carries_what_the_next_try_needs()
    {
        var first = await app.GetAsync("/c/x");
        var other = await app.GetAsync("/c/x");

        var missing = await PostAsync("/c/x", Cookie(first), token: null);
        var wrong = await PostAsync("/c/x", Cookie(first), other.Headers["X-Harbor-CSRF-Token"]);
        var malformed = await PostAsync("/c/x", Cookie(first), "x");
        var cookieless = await PostAsync("/c/x", null, first.Headers["X-Harbor-CSRF-Token"]);
        var forged = await PostAsync("/c/x", "_gorilla_csrf=" + new string('A', 96), first.Headers["X-Harbor-CSRF-Token"]);

        Assert.Equal((HttpStatusCode.Forbidden, "FORBIDDEN", "CSRF token not found in request"), (missing.Status, missing.Code, missing.Message));
        foreach (var refused in (RunningApp.Answer[])[wrong, malformed, cookieless, forged])
        {
            Assert.Equal((HttpStatusCode.Forbidden, "FORBIDDEN", "CSRF token invalid"), (refused.Status, refused.Code, refused.Message));
        }

        Assert.Equal("done", (await PostAsync("/c/x", Cookie(first), wrong.Headers["X-Harbor-CSRF-Token"])).Body);
        Assert.Equal("done", (await PostAsync("/c/x", Cookie(forged), forged.Headers["X-Harbor-CSRF-Token"])).Body);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task Every_method_but_the_safe_ones_is_checked(string method) =>
        Assert.Equal(HttpStatusCode.Forbidden, (await app.SendAsync(new HttpMethod(method), "/c/x", null, null)).Status);

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    public async Task Safe_methods_pass(string method) =>
        Assert.Equal(HttpStatusCode.OK, (await app.SendAsync(new HttpMethod(method), "/c/x", null, null)).Status);

    [Fact]
    public async Task The_cookies_have_Harbors_attributes()
    {
        var cookies = await CookiesAsync("/c/x");

        Assert.Matches("^_gorilla_csrf=[^;]+; max-age=43200; path=/; samesite=strict; httponly$", Assert.Single(cookies, cookie => cookie.StartsWith("_gorilla", StringComparison.Ordinal)));
        Assert.Matches("^sid=[^;]{43}; path=/; samesite=lax; httponly$", Assert.Single(cookies, cookie => cookie.StartsWith("sid", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("/api/v2.0/x", null, null, true)]
    [InlineData("/c/x", null, null, true)]
    [InlineData("/api/v2.0/x", "Basic YTpi", null, false)]
    [InlineData("/api/v2.0/x", null, "sid=1", false)]
    [InlineData("/v2/x", null, null, false)]
    [InlineData("/service/x", null, null, false)]
    public async Task A_browser_without_a_mark_gets_one_and_a_program_with_credentials_none(string path, string? authorization, string? cookie, bool marked)
    {
        var cookies = await CookiesAsync(path, authorization, cookie);

        Assert.Equal(marked, cookies.Exists(set => set.StartsWith("sid=", StringComparison.Ordinal)));
    }

    private Task<RunningApp.Answer> PostAsync(string path, string? cookie, string? token)
    {
        var headers = new List<(string, string)>();
        if (cookie is not null)
        {
            headers.Add(("Cookie", cookie));
        }

        if (token is not null)
        {
            headers.Add(("X-Harbor-CSRF-Token", token));
        }

        return app.SendAsync(HttpMethod.Post, path, null, null, [.. headers]);
    }

    private async Task<List<string>> CookiesAsync(string path, string? authorization = null, string? cookie = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        if (cookie is not null)
        {
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
        }

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.Headers.TryGetValues("Set-Cookie", out var cookies) ? [.. cookies] : [];
    }

    private static string Cookie(RunningApp.Answer answer) =>
        answer.Headers["Set-Cookie"].Split(", ").Single(cookie => cookie.StartsWith("_gorilla_csrf=", StringComparison.Ordinal)).Split(';')[0];
}
