using System.Net;
using System.Net.Http.Json;
using Harbor.Platform.Events;
using Harbor.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Harbor.Integration.Identity;

/// <summary>Somebody who can sign in and administer the system is always left.</summary>
public sealed class LastAdministratorTests : IAsyncLifetime
{
    private const string Users = "/api/v2.0/users";

    private TestHarbor harbor = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => harbor = await TestHarbor.StartAsync();

    public ValueTask DisposeAsync() => harbor.DisposeAsync();

    [Fact]
    public async Task The_last_administrator_cannot_give_up_his_rights()
    {
        Assert.Equal(
            "412 PRECONDITION this is the last system administrator who can sign in: make another one first", await SetAsync(harbor.Admin, 1, false));
        Assert.Equal("200", await SetAsync(harbor.Admin, 1, true));

        var ann = await AdministratorAsync("ann");
        Assert.Equal("200", await SetAsync(harbor.Admin, 1, false));
        Assert.StartsWith("412 PRECONDITION", await SetAsync(harbor.ClientAs("ann", People.Password), ann, false), StringComparison.Ordinal);
        Assert.Equal("403 FORBIDDEN admin", await SetAsync(harbor.Admin, ann, false));
    }

    [Fact]
    public async Task The_last_administrator_cannot_be_deleted_by_a_session_that_outlived_its_rights()
    {
        var (ann, bob) = (await AdministratorAsync("ann"), await AdministratorAsync("bob"));
        using var browser = new Browser(harbor);
        await browser.SignInAsync("bob");
        Assert.Equal("200", await SetAsync(harbor.Admin, bob, false));
        Assert.Equal("200", await SetAsync(harbor.Admin, 1, false));

        Assert.StartsWith("412 PRECONDITION", await browser.SendAsync(HttpMethod.Delete, $"{Users}/{ann}", null).ToldAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await harbor.ClientAs("ann", People.Password).GetAsync(Users, Ct)).StatusCode);
    }

    [Fact]
    public async Task Who_cannot_sign_in_is_not_counted_on()
    {
        await harbor.Database.QueryAsync("INSERT INTO harbor_user (username, sysadmin) VALUES ('passwordless', true)");
        var gone = await AdministratorAsync("gone");
        using var deleted = await harbor.Admin.DeleteAsync($"{Users}/{gone}", Ct);

        Assert.StartsWith("412 PRECONDITION", await SetAsync(harbor.Admin, 1, false), StringComparison.Ordinal);
        await harbor.SetAsync("auth_mode", "oidc_auth");
        Assert.Equal("200", await SetAsync(harbor.Admin, 1, false));
    }

    [Fact]
    public async Task Ordinary_users_and_missing_ones_are_nobodys_last_administrator()
    {
        var ann = await harbor.UserAsync("ann");

        Assert.Equal("200", await SetAsync(harbor.Admin, ann, false));
        Assert.Equal("404 NOT_FOUND user 999999 not found", await SetAsync(harbor.Admin, 999999, false));
        Assert.Equal("200", await harbor.Admin.DeleteAsync($"{Users}/{ann}", Ct).ToldAsync());
    }

    [Fact]
    public async Task Of_administrators_who_all_let_each_other_go_at_once_one_stays()
    {
        for (var round = 0; round < 5; round++)
        {
            var ids = new List<long> { 1 };
            foreach (var name in (string[])["ann", "bob", "eve"])
            {
                ids.Add(await AdministratorAsync($"{name}{round}"));
            }

            // Their sessions have the rights they began with, whatever happens meanwhile.
            var sessions = new List<Browser>();
            foreach (var name in (string[])[$"ann{round}", $"bob{round}", $"eve{round}"])
            {
                sessions.Add(new Browser(harbor));
                Assert.Equal(HttpStatusCode.OK, await sessions[^1].SignInAsync(name));
            }

            var told = await Task.WhenAll(sessions.SelectMany((session, at) => ids.Where(id => id != ids[at + 1]).Select(id => id == 1 || (id + at) % 2 == 0
                ? session.SendAsync(HttpMethod.Put, $"{Users}/{id}/sysadmin", JsonContent.Create(new { sysadmin_flag = false })).ToldAsync()
                : session.SendAsync(HttpMethod.Delete, $"{Users}/{id}", null).ToldAsync())));

            Assert.All(told, each => Assert.Matches("^(200|401|403|404|412)", each));
            Assert.Equal(1L, await harbor.Database.QueryAsync("SELECT least(count(*), 1) FROM harbor_user WHERE sysadmin AND NOT deleted AND password_hash IS NOT NULL"));
            sessions.ForEach(session => session.Dispose());
            await harbor.Database.QueryAsync("UPDATE harbor_user SET sysadmin = id = 1");
            harbor.Services.GetRequiredService<ChangeFeed>().EvictLocally("user:admin");
        }
    }

    private async Task<long> AdministratorAsync(string name)
    {
        var id = await harbor.UserAsync(name);
        Assert.Equal("200", await SetAsync(harbor.Admin, id, true));
        return id;
    }

    private static Task<string> SetAsync(HttpClient caller, long id, bool isAdmin) =>
        caller.PutAsJsonAsync($"{Users}/{id}/sysadmin", new { sysadmin_flag = isAdmin }, Ct).ToldAsync();
}
