using System.Net;
using System.Net.Http.Json;
using Harbor.Modules.Configuration;
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
        await SetAsync("self_registration", "true");
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
        await SetAsync("auth_mode", "oidc_auth");
        var profile = new { email = "ann2@example.com", realname = "Ann" };

        Assert.StartsWith("403 FORBIDDEN", await harbor.Admin.PostAsJsonAsync(Users, People.Request("bob"), Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("403 FORBIDDEN", await harbor.Admin.PutAsJsonAsync($"{Users}/{id}", profile, Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("403 FORBIDDEN", await harbor.Admin.PutAsJsonAsync($"{Users}/{id}/password", new { new_password = "Changed12345" }, Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.Equal("200", await harbor.Admin.PutAsJsonAsync($"{Users}/1", new { email = "root@example.com", realname = "Root" }, Ct).ToldAsync());
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

    // As an administrator's change does: the row, and the word to every replica.
    private async Task SetAsync(string name, string value)
    {
        await harbor.Database.QueryAsync($"INSERT INTO setting (name, value) VALUES ('{name}', '{value}'); SELECT pg_notify('harbor_changes', '{Settings.CacheKey}')");
        await Task.Delay(TimeSpan.FromSeconds(1), Ct);
    }
}
