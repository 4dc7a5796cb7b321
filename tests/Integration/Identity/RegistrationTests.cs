using System.Net;
using System.Net.Http.Json;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Identity;

/// <summary>People who make themselves an account, and registries whose users come from elsewhere.</summary>
public sealed class RegistrationTests : IAsyncLifetime
{
    private const string Users = "/api/v2.0/users";

    private TestHarbor harbor = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => harbor = await TestHarbor.StartAsync();

    public ValueTask DisposeAsync() => harbor.DisposeAsync();

    [Fact]
    public async Task Nobody_registers_himself_unless_that_is_allowed()
    {
        using var browser = new Browser(harbor);
        using var opened = await browser.GetAsync("/c/log_out");

        Assert.Equal("401 UNAUTHORIZED unauthorized", await browser.SendAsync(HttpMethod.Post, Users, JsonContent.Create(People.Request("visitor"))).ToldAsync());
    }

    [Fact]
    public async Task Where_it_is_allowed_a_visitor_registers_in_a_browser_and_no_other_way()
    {
        await harbor.SetAsync("self_registration", "true");
        using var browser = new Browser(harbor);
        using var opened = await browser.GetAsync("/c/log_out");

        Assert.Equal("201", await browser.SendAsync(HttpMethod.Post, Users, JsonContent.Create(People.Request("visitor"))).ToldAsync());
        Assert.Equal(HttpStatusCode.OK, (await harbor.ClientAs("visitor", People.Password).GetAsync($"{Users}/current", Ct)).StatusCode);
        Assert.StartsWith("403 FORBIDDEN", await harbor.Anonymous.PostAsJsonAsync(Users, People.Request("program"), Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("403 FORBIDDEN", await harbor.ClientAs("visitor", People.Password).PostAsJsonAsync(Users, People.Request("program"), Ct).ToldAsync(), StringComparison.Ordinal);
        browser.CsrfToken = null;
        Assert.Equal("403 FORBIDDEN CSRF token not found in request", await browser.SendAsync(HttpMethod.Post, Users, JsonContent.Create(People.Request("forged"))).ToldAsync());
        Assert.Equal("200 true", await browser.PostFormAsync("/c/userExists", ("target", "username"), ("value", "visitor")).ToldAsync());
        Assert.Equal("200 false", await browser.PostFormAsync("/c/userExists", ("target", "username"), ("value", "program")).ToldAsync());
    }

    [Fact]
    public async Task Where_users_come_from_elsewhere_nobody_makes_or_changes_local_ones()
    {
        var id = await harbor.UserAsync("ann");
        await harbor.SetAsync("auth_mode", "oidc_auth");
        var profile = new { email = "ann2@example.com", realname = "Ann" };

        Assert.StartsWith("403 FORBIDDEN", await harbor.Admin.PostAsJsonAsync(Users, People.Request("bob"), Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("403 FORBIDDEN", await harbor.Admin.PutAsJsonAsync($"{Users}/{id}", profile, Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("403 FORBIDDEN", await harbor.Admin.PutAsJsonAsync($"{Users}/{id}/password", new { new_password = "Changed12345" }, Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.Equal("200", await harbor.Admin.PutAsJsonAsync($"{Users}/1", new { email = "root@example.com", realname = "Root" }, Ct).ToldAsync());
    }

    [Theory]
    [InlineData("ldap_auth")]
    [InlineData("http_auth")]
    [InlineData("uaa_auth")]
    [InlineData("oidc_auth")]
    public async Task Where_users_come_from_elsewhere_only_the_built_in_administrator_signs_in_with_a_password_of_ours(string mode)
    {
        await harbor.UserAsync("ann");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("ann", People.Password));
        await harbor.SetAsync("auth_mode", mode);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("ann", People.Password));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("admin@example.com", TestHarbor.AdminPassword));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("admin", TestHarbor.AdminPassword));
        using var browser = new Browser(harbor);
        Assert.Equal(HttpStatusCode.Unauthorized, await browser.SignInAsync("ann"));
        Assert.Equal(HttpStatusCode.OK, await browser.SignInAsync("admin", TestHarbor.AdminPassword));

        async Task<HttpStatusCode> StatusAsync(string name, string password) => (await harbor.ClientAs(name, password).GetAsync($"{Users}/current", Ct)).StatusCode;
    }

    [Fact]
    public async Task Where_there_is_single_sign_on_the_portal_is_sent_there_with_names_that_have_no_password_here()
    {
        await harbor.SetAsync("auth_mode", "oidc_auth");
        await harbor.Database.QueryAsync("INSERT INTO harbor_user (username, email) VALUES ('onboarded', 'onboarded@example.com')");
        using var browser = new Browser(harbor);
        using var opened = await browser.GetAsync("/c/log_out");

        foreach (var name in (string[])["stranger", "onboarded", "", "größe"])
        {
            using var sent = await browser.PostFormAsync("/c/login", ("principal", name), ("password", "x"));
            Assert.Equal(
                ("application/json; charset=utf-8", $$"""403 {"redirect_location":"{{harbor.Url.AbsoluteUri.TrimEnd('/')}}/c/oidc/login"}"""),
                ($"{sent.Content.Headers.ContentType}", await sent.ToldAsync()));
        }

        Assert.Equal("401", await browser.PostFormAsync("/c/login", ("principal", "admin"), ("password", "Wrong12345")).ToldAsync());
    }

    [Fact]
    public async Task A_CLI_secret_is_set_where_there_is_single_sign_on_by_those_who_came_by_it()
    {
        var ann = await harbor.UserAsync("ann");
        var self = harbor.ClientAs("ann", People.Password);
        static object Secret(string? secret) => new { secret };

        Assert.Equal("401 UNAUTHORIZED unauthorized", await harbor.Anonymous.PutAsJsonAsync($"{Users}/{ann}/cli_secret", Secret("Good12345"), Ct).ToldAsync());
        Assert.Equal("403 FORBIDDEN ann", await self.PutAsJsonAsync($"{Users}/1/cli_secret", Secret("Good12345"), Ct).ToldAsync());
        Assert.StartsWith("412 PRECONDITION", await self.PutAsJsonAsync($"{Users}/{ann}/cli_secret", Secret("Good12345"), Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("412 PRECONDITION", await harbor.Admin.PutAsJsonAsync($"{Users}/{ann}/cli_secret", Secret("weak"), Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("422", await harbor.Admin.PutAsync($"{Users}/{ann}/cli_secret", null, Ct).ToldAsync(), StringComparison.Ordinal);

        await harbor.SetAsync("auth_mode", "oidc_auth");
        Assert.StartsWith("400 BAD_REQUEST", await harbor.Admin.PutAsJsonAsync($"{Users}/{ann}/cli_secret", Secret("weak"), Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("404 NOT_FOUND", await harbor.Admin.PutAsJsonAsync($"{Users}/{ann}/cli_secret", Secret("Good12345"), Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.Equal("404 NOT_FOUND user 999999 not found", await harbor.Admin.PutAsJsonAsync($"{Users}/999999/cli_secret", Secret(""), Ct).ToldAsync());
    }

    [Fact]
    public async Task The_first_password_of_the_administrator_is_set_once()
    {
        using var changed = await harbor.Admin.PutAsJsonAsync(
            $"{Users}/1/password", new { old_password = TestHarbor.AdminPassword, new_password = "Changed12345" }, Ct);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);

        await using var restarted = await harbor.ReplicaAsync();

        Assert.Equal(HttpStatusCode.OK, (await restarted.ClientAs("admin", "Changed12345").GetAsync($"{Users}/current", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await restarted.Admin.GetAsync($"{Users}/current", Ct)).StatusCode);
    }
}
