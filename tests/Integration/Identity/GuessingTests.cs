using System.Net;
using System.Net.Http.Json;
using Harbor.Modules.Identity;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Identity;

/// <summary>Passwords cannot be guessed at a pace, and nobody suffers from somebody else's guessing.</summary>
public sealed class GuessingTests : IAsyncLifetime
{
    private const string Me = "/api/v2.0/users/current";
    private const string Token = "/service/token?service=harbor-registry";
    private const string Attacker = "198.51.100.66";
    private const string Office = "203.0.113.7";

    private readonly ManualClock clock = new();
    private TestHarbor harbor = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        harbor = await TestHarbor.StartAsync(new TestHarborOptions { Services = services => services.AddSingleton<TimeProvider>(clock) });
        await harbor.UserAsync("ann");
    }

    public ValueTask DisposeAsync() => harbor.DisposeAsync();

    [Theory]
    [InlineData(Me, 401)]
    [InlineData(Token, 401)]
    [InlineData("/v2/", 401)]
    [InlineData("/v2/_catalog", 401)]
    [InlineData("/api/v2.0/projects", 200)]
    public async Task Wherever_a_password_is_sent_a_wrong_one_is_answered_late_and_locks_the_name_for_that_address_alone(string path, int status)
    {
        var others = clock.Waiting;
        var guess = SendAsync(path, Attacker, "ann", "Wrong12345");
        await UntilAsync(() => clock.Waiting > others);

        Assert.Equal(401, await SendAsync(Me, Attacker, "ann", People.Password));
        Assert.Equal(401, await SendAsync(Token, Attacker, "ann", People.Password));
        Assert.Equal(200, await SendAsync(Me, Office, "ann", People.Password));
        Assert.Equal(200, await SendAsync(Token, Office, "ann", People.Password));
        Assert.False(guess.IsCompleted);

        clock.Advance(SignInGuard.LockDuration);
        Assert.Equal(status, await guess);
        Assert.Equal(200, await SendAsync(Me, Attacker, "ann", People.Password));
    }

    [Fact]
    public async Task The_portals_form_is_guarded_like_the_rest()
    {
        using var browser = new Browser(harbor);
        using var opened = await browser.GetAsync("/c/log_out");
        var others = clock.Waiting;
        var guess = LogInAsync(browser, Attacker, "Wrong12345");
        await UntilAsync(() => clock.Waiting > others);

        Assert.Equal("401", await LogInAsync(browser, Attacker, People.Password));
        Assert.Equal(401, await SendAsync(Me, Attacker, "ann", People.Password));
        clock.Advance(SignInGuard.LockDuration);
        Assert.Equal("401", await guess);
        Assert.Equal("200", await LogInAsync(browser, Attacker, People.Password));
    }

    [Fact]
    public async Task An_address_that_fails_again_and_again_is_told_to_wait_and_cannot_tell_who_exists()
    {
        SpendCredit(Attacker);

        foreach (var name in (string[])["ann", "nobody"])
        {
            using var refused = await AskAsync(Me, Attacker, name, "Wrong12345");
            Assert.Equal("429 TOO_MANY_REQUEST too many failed sign-ins from this address, try again later", await refused.ToldAsync());
            Assert.True(refused.Headers.Contains("Retry-After"));
        }

        clock.Advance(SignInGuard.LockDuration);
        using var browser = new Browser(harbor);
        using var opened = await browser.GetAsync("/c/log_out");
        Assert.StartsWith("429", await LogInAsync(browser, Attacker, People.Password), StringComparison.Ordinal);
        Assert.Equal(429, await SendAsync(Token, Attacker, "nobody", "Wrong12345"));
        Assert.Equal(429, await SendAsync("/v2/", Attacker, "nobody2", "Wrong12345"));

        Assert.Equal(200, await SendAsync(Me, Office, "ann", People.Password));
        clock.Advance(SignInGuard.CreditReturn);
        Assert.Equal(200, await SendAsync(Me, Attacker, "ann", People.Password));
    }

    [Fact]
    public async Task Anonymous_callers_and_sessions_are_served_where_the_credit_is_spent()
    {
        using var browser = new Browser(harbor);
        Assert.Equal(HttpStatusCode.OK, await browser.SignInAsync("ann"));
        SpendCredit(Attacker);

        using var anonymous = await AskAsync("/api/v2.0/projects", Attacker, null, null);
        using var session = await browser.GetAsync(Me, ("X-Forwarded-For", Attacker));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (anonymous.StatusCode, session.StatusCode));
    }

    [Fact]
    public async Task An_address_that_no_trusted_proxy_vouches_for_counts_for_nothing()
    {
        SpendCredit(Attacker);

        // The proxy adds the address it sees at the end; what the client made up stands before it.
        Assert.Equal(429, await SendAsync(Me, $"{Office}, {Attacker}", "nobody", "Wrong12345"));
        Assert.Equal(200, await SendAsync(Me, $"{Attacker}, {Office}", "ann", People.Password));
    }

    [Fact]
    public async Task Somebodys_own_old_password_cannot_be_guessed_any_faster()
    {
        using var browser = new Browser(harbor);
        await browser.SignInAsync("ann");
        var id = await harbor.Database.QueryAsync("SELECT id FROM harbor_user WHERE username = 'ann'");
        var others = clock.Waiting;
        var guess = ChangeAsync("Wrong12345");
        await UntilAsync(() => clock.Waiting > others);

        Assert.Equal("403 FORBIDDEN Current password is incorrect", await ChangeAsync(People.Password));
        clock.Advance(SignInGuard.LockDuration);
        Assert.Equal("403 FORBIDDEN Current password is incorrect", await guess);
        Assert.Equal("200", await ChangeAsync(People.Password));

        Task<string> ChangeAsync(string old) => browser.SendAsync(
            HttpMethod.Put, $"/api/v2.0/users/{id}/password", JsonContent.Create(new { old_password = old, new_password = "Changed12345" })).ToldAsync();
    }

    [Fact]
    public async Task A_robots_secret_is_guarded_like_a_password_and_guessing_at_it_elsewhere_hurts_no_job()
    {
        using var made = await harbor.Admin.PostAsJsonAsync("/api/v2.0/robots", new
        {
            name = "ci",
            level = "system",
            duration = -1,
            permissions = new[] { new { kind = "system", @namespace = "/", access = new[] { new { resource = "project", action = "list" } } } },
        }, Ct);
        var robot = await made.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(Ct);
        var (login, secret) = (robot.GetProperty("name").GetString()!, robot.GetProperty("secret").GetString()!);
        Assert.Equal(200, await SendAsync("/v2/", Office, login, secret));
        var others = clock.Waiting;
        var guess = SendAsync("/v2/", Attacker, login, "Wrong12345");
        await UntilAsync(() => clock.Waiting > others);

        Assert.Equal(401, await SendAsync("/v2/", Attacker, login, secret));
        Assert.Equal(200, await SendAsync("/v2/", Office, login, secret));
        clock.Advance(SignInGuard.LockDuration);
        Assert.Equal(401, await guess);
        Assert.Equal(200, await SendAsync("/v2/", Attacker, login, secret));
    }

    private void SpendCredit(string address)
    {
        var guard = harbor.Services.GetRequiredService<SignInGuard>();
        while (guard.TryTakeCredit(SignInOrigin.Of(IPAddress.Parse(address))))
        {
        }
    }

    private static Task<string> LogInAsync(Browser browser, string address, string password)
    {
        var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["principal"] = "ann", ["password"] = password });
        return browser.SendAsync(HttpMethod.Post, "/c/login", form, ("X-Forwarded-For", address)).ToldAsync();
    }

    private async Task<HttpResponseMessage> AskAsync(string path, string address, string? name, string? password)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Forwarded-For", address);
        request.Headers.Authorization = name is null ? null : TestHarbor.Basic(name, password!);
        return await harbor.Anonymous.SendAsync(request, Ct);
    }

    private async Task<int> SendAsync(string path, string address, string name, string password)
    {
        using var answer = await AskAsync(path, address, name, password);
        return (int)answer.StatusCode;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0, 30);
            await Task.Delay(5, Ct);
        }
    }
}
