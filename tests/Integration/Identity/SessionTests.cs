using System.Net;
using System.Net.Http.Json;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Identity;

public sealed class SessionTests(SessionTests.Server server) : IClassFixture<SessionTests.Server>, IAsyncLifetime
{
    private const string Me = "/api/v2.0/users/current";

    private static int users;

    private readonly TestHarbor harbor = server.Harbor;
    private readonly Browser browser = new(server.Harbor);
    private readonly string name = $"ann{Interlocked.Increment(ref users)}";
    private long ann;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => ann = await harbor.UserAsync(name);

    public ValueTask DisposeAsync()
    {
        browser.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_browser_signs_in_works_and_signs_out()
    {
        Assert.Equal(HttpStatusCode.OK, await browser.SignInAsync(name));
        Assert.Equal(name, (await (await browser.GetAsync(Me)).Content.ReadFromJsonAsync<Dictionary<string, object>>(Ct))!["username"].ToString());

        using var left = await browser.GetAsync("/c/log_out");
        Assert.Equal("200", await left.ToldAsync());
        Assert.Equal("401 UNAUTHORIZED unauthorized", await browser.GetAsync(Me).ToldAsync());
        Assert.Equal(0L, await SessionsAsync());
    }

    [Fact]
    public async Task A_wrong_password_is_refused_without_a_body()
    {
        using var opened = await browser.GetAsync("/c/log_out");
        using var refused = await browser.PostFormAsync("/c/login", ("principal", name), ("password", "Wrong12345"));

        Assert.Equal("401", await refused.ToldAsync());
        Assert.Equal(0L, await SessionsAsync());
    }

    [Fact]
    public async Task A_sign_in_without_the_token_is_refused_and_the_refusal_brings_one()
    {
        Assert.Equal("403 FORBIDDEN CSRF token not found in request", await browser.PostFormAsync("/c/login", ("principal", name), ("password", People.Password)).ToldAsync());
        Assert.Equal("200", await browser.PostFormAsync("/c/login", ("principal", name), ("password", People.Password)).ToldAsync());
    }

    [Fact]
    public async Task A_sign_in_gives_the_browser_a_new_mark_that_the_database_does_not_know()
    {
        browser.SetCookie("sid", "chosen-by-an-attacker");
        await browser.SignInAsync(name);
        var mark = browser.SessionCookie!;

        Assert.NotEqual("chosen-by-an-attacker", mark);
        Assert.Equal(false, await harbor.Database.QueryAsync($"SELECT bool_or(position('{mark}' in encode(id, 'escape')) > 0 OR length(id) <> 32) FROM user_session WHERE user_id = {ann}"));

        using var attacker = new Browser(harbor);
        attacker.SetCookie("sid", "chosen-by-an-attacker");
        Assert.Equal(HttpStatusCode.Unauthorized, (await attacker.GetAsync(Me)).StatusCode);
    }

    [Fact]
    public async Task A_second_sign_in_ends_the_first_session()
    {
        await browser.SignInAsync(name);
        var first = browser.SessionCookie!;
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(Me)).StatusCode);
        await browser.SignInAsync(name);

        using var old = new Browser(harbor);
        old.SetCookie("sid", first);
        Assert.Equal(HttpStatusCode.Unauthorized, (await old.GetAsync(Me)).StatusCode);
        Assert.Equal(1L, await SessionsAsync());
    }

    [Fact]
    public async Task A_write_by_session_needs_the_token_and_one_by_credentials_without_cookies_does_not()
    {
        await browser.SignInAsync(name);
        var token = browser.CsrfToken;
        var profile = new { email = $"new-{name}@example.com", realname = "Ann" };

        browser.CsrfToken = null;
        Assert.Equal("403 FORBIDDEN CSRF token not found in request", await browser.SendAsync(HttpMethod.Put, $"/api/v2.0/users/{ann}", JsonContent.Create(profile)).ToldAsync());
        browser.CsrfToken = "AAAA";
        Assert.Equal("403 FORBIDDEN CSRF token invalid", await browser.SendAsync(HttpMethod.Put, $"/api/v2.0/users/{ann}", JsonContent.Create(profile)).ToldAsync());
        browser.CsrfToken = token;
        Assert.Equal("200", await browser.SendAsync(HttpMethod.Put, $"/api/v2.0/users/{ann}", JsonContent.Create(profile)).ToldAsync());

        Assert.Equal("200", await harbor.ClientAs(name, People.Password).PutAsJsonAsync($"/api/v2.0/users/{ann}", profile, Ct).ToldAsync());
    }

    [Fact]
    public async Task Credentials_outrank_the_session()
    {
        await browser.SignInAsync(name);
        var basic = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"admin:{TestHarbor.AdminPassword}"));

        using var answer = await browser.GetAsync(Me, ("Authorization", $"Basic {basic}"));

        Assert.Contains("\"username\":\"admin\"", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_keeps_the_rights_it_began_with_and_the_next_one_has_the_new_ones()
    {
        await browser.SignInAsync(name);
        using var raised = await harbor.Admin.PutAsJsonAsync($"/api/v2.0/users/{ann}/sysadmin", new { sysadmin_flag = true }, Ct);

        Assert.Equal($"403 FORBIDDEN {name}", await browser.GetAsync("/api/v2.0/users").ToldAsync());
        await browser.SignInAsync(name);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/v2.0/users")).StatusCode);
    }

    [Fact]
    public async Task A_deleted_users_session_ends_at_once_on_every_replica()
    {
        await using var replica = await harbor.ReplicaAsync();
        await browser.SignInAsync(name);
        using var there = new Browser(replica);
        there.SetCookie("sid", browser.SessionCookie!);
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync(Me)).StatusCode);

        using var deleted = await harbor.Admin.DeleteAsync($"/api/v2.0/users/{ann}", Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(Me)).StatusCode);
        await Within3SecondsAsync(async () => (await there.GetAsync(Me)).StatusCode == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_password_that_somebody_changes_for_himself_ends_his_other_sessions()
    {
        using var elsewhere = new Browser(harbor);
        await elsewhere.SignInAsync(name);
        await browser.SignInAsync(name);
        var change = JsonContent.Create(new { old_password = People.Password, new_password = "Changed12345" });

        Assert.Equal("200", await browser.SendAsync(HttpMethod.Put, $"/api/v2.0/users/{ann}/password", change).ToldAsync());

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(Me)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await elsewhere.GetAsync(Me)).StatusCode);
    }

    [Fact]
    public async Task Requests_of_programs_and_strangers_leave_no_session_behind()
    {
        using var program = await harbor.Admin.GetAsync(Me, Ct);
        using var stranger = await browser.GetAsync("/api/v2.0/projects");

        Assert.DoesNotContain("Set-Cookie", program.Headers.Select(header => header.Key));
        Assert.NotNull(browser.SessionCookie);
        Assert.Equal(0L, await SessionsAsync());
    }

    [Fact]
    public async Task The_token_may_come_in_the_form()
    {
        using var opened = await browser.GetAsync("/c/log_out");
        var token = browser.CsrfToken!;
        browser.CsrfToken = null;

        Assert.Equal("403 FORBIDDEN CSRF token invalid", await SignInWithAsync("AAAA").ToldAsync());
        browser.CsrfToken = null;
        Assert.Equal("200", await SignInWithAsync(token).ToldAsync());

        Task<HttpResponseMessage> SignInWithAsync(string given) =>
            browser.PostFormAsync("/c/login", ("principal", name), ("password", People.Password), ("gorilla.csrf.Token", given));
    }

    [Fact]
    public async Task A_password_that_changes_while_somebody_signs_in_with_the_old_one_leaves_him_no_session()
    {
        for (var round = 0; round < 5; round++)
        {
            var (old, next) = ($"Secret1234{round}x", $"Secret1234{round}y");
            using var set = await harbor.Admin.PutAsJsonAsync($"/api/v2.0/users/{ann}/password", new { new_password = old }, Ct);
            using var opened = await browser.GetAsync("/c/log_out");

            // The second sign-in is known to be good and takes no time, so the two really meet.
            await browser.SignInAsync(name, old);
            var signingIn = browser.PostFormAsync("/c/login", ("principal", name), ("password", old));
            using var changed = await harbor.Admin.PutAsJsonAsync($"/api/v2.0/users/{ann}/password", new { new_password = next }, Ct);
            using var signedIn = await signingIn;

            Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
            Assert.Equal(0L, await SessionsAsync());
        }
    }

    [Fact]
    public async Task A_form_that_is_none_is_refused_not_a_crash()
    {
        using var opened = await browser.GetAsync("/c/log_out");
        using var json = JsonContent.Create(new { principal = name, password = People.Password });
        using var multipart = new ByteArrayContent("no boundary here"u8.ToArray());
        multipart.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=x");

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.SendAsync(HttpMethod.Post, "/c/login", json)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SendAsync(HttpMethod.Post, "/c/login", multipart)).StatusCode);
    }

    [Fact]
    public async Task Whether_a_name_is_taken_is_told_to_administrators_and_while_people_may_register()
    {
        using var opened = await browser.GetAsync("/c/log_out");
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await browser.PostFormAsync("/c/userExists", ("target", "username"), ("value", name))).StatusCode);

        await browser.SignInAsync("admin", TestHarbor.AdminPassword);
        foreach (var (target, value, exists) in ((string, string, string)[])
            [("username", name, "200 true"), ("username", "admin", "200 false"), ("username", "bob", "200 false"), ("email", $"{name}@example.com", "200 true"), ("other", "x", "200 true")])
        {
            Assert.Equal(exists, await browser.PostFormAsync("/c/userExists", ("target", target), ("value", value)).ToldAsync());
        }
    }

    private async Task<long> SessionsAsync() => (long)(await harbor.Database.QueryAsync($"SELECT count(*) FROM user_session WHERE user_id = {ann}"))!;

    private static async Task Within3SecondsAsync(Func<Task<bool>> condition)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0, 3);
        }
    }

    public sealed class Server : IAsyncLifetime
    {
        public TestHarbor Harbor { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Harbor = await TestHarbor.StartAsync();

        public ValueTask DisposeAsync() => Harbor.DisposeAsync();
    }
}
