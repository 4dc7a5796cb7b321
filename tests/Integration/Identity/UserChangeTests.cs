using System.Net;
using System.Net.Http.Json;
using Harbor.Support;
using Xunit;

namespace Harbor.Integration.Identity;

/// <summary>Who changes and deletes users.</summary>
public sealed class UserChangeTests(UserServer server) : IClassFixture<UserServer>
{
    private const string Users = "/api/v2.0/users";

    private readonly string name = UserServer.Unique();

    private TestHarbor Harbor => server.Harbor;

    private HttpClient Ordinary => Harbor.ClientAs("ordinary", People.Password);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_profile_is_changed_by_its_owner_and_by_administrators()
    {
        var id = await Harbor.UserAsync(name);
        var self = Harbor.ClientAs(name, People.Password);
        static object Profile(string email, string realname = "New", string comment = "c") => new { email, realname, comment };

        Assert.Equal("200", await self.PutAsJsonAsync($"{Users}/{id}", Profile($"{name}.1@example.com"), Ct).ToldAsync());
        Assert.Equal("200", await Harbor.Admin.PutAsJsonAsync($"{Users}/{id}", Profile($"{name}.2@example.com"), Ct).ToldAsync());
        Assert.Equal("403 FORBIDDEN ordinary", await Ordinary.PutAsJsonAsync($"{Users}/{id}", Profile("x@example.com"), Ct).ToldAsync());
        Assert.Equal("401 UNAUTHORIZED unauthorized", await Harbor.Anonymous.PutAsJsonAsync($"{Users}/{id}", Profile("x@example.com"), Ct).ToldAsync());
        Assert.Equal("404 NOT_FOUND user 999999 not found", await Harbor.Admin.PutAsJsonAsync($"{Users}/999999", Profile("x@example.com"), Ct).ToldAsync());
        Assert.StartsWith("409 CONFLICT", await self.PutAsJsonAsync($"{Users}/{id}", Profile("ordinary@example.com"), Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("400 BAD_REQUEST", await self.PutAsJsonAsync($"{Users}/{id}", Profile("nonsense"), Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("400 BAD_REQUEST", await self.PutAsJsonAsync($"{Users}/{id}", Profile("x@example.com", realname: ""), Ct).ToldAsync(), StringComparison.Ordinal);

        Assert.Equal($"{name}.2@example.com", (await self.JsonAsync($"{Users}/{id}")).GetProperty("email").GetString());
        Assert.Equal(HttpStatusCode.OK, (await Harbor.ClientAs($"{name}.2@example.com", People.Password).GetAsync($"{Users}/current", Ct)).StatusCode);
    }

    [Fact]
    public async Task A_password_is_changed_by_its_owner_who_knows_it_and_by_administrators_who_need_not()
    {
        var id = await Harbor.UserAsync(name);
        var self = Harbor.ClientAs(name, People.Password);
        var path = $"{Users}/{id}/password";
        static object Change(string? old, string? next) => new { old_password = old, new_password = next };

        Assert.Equal("403 FORBIDDEN Current password is incorrect", await self.PutAsJsonAsync(path, Change("Wrong12345", "Changed12345"), Ct).ToldAsync());
        Assert.Equal("403 FORBIDDEN Current password is incorrect", await self.PutAsJsonAsync(path, Change(null, "Changed12345"), Ct).ToldAsync());
        Assert.StartsWith("400 BAD_REQUEST", await self.PutAsJsonAsync(path, Change(People.Password, "weak"), Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("400 BAD_REQUEST", await self.PutAsJsonAsync(path, Change(People.Password, People.Password), Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("400 BAD_REQUEST", await Harbor.Admin.PutAsJsonAsync(path, Change(null, People.Password), Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.Equal("403 FORBIDDEN ordinary", await Ordinary.PutAsJsonAsync(path, Change(People.Password, "Changed12345"), Ct).ToldAsync());
        Assert.Equal("401 UNAUTHORIZED unauthorized", await Harbor.Anonymous.PutAsJsonAsync(path, Change(People.Password, "Changed12345"), Ct).ToldAsync());
        Assert.Equal("404 NOT_FOUND user 999999 not found", await Harbor.Admin.PutAsJsonAsync($"{Users}/999999/password", Change(null, "Changed12345"), Ct).ToldAsync());

        Assert.Equal("200", await self.PutAsJsonAsync(path, Change(People.Password, "Changed12345"), Ct).ToldAsync());
        Assert.Equal("200", await Harbor.Admin.PutAsJsonAsync(path, Change(null, "Again12345"), Ct).ToldAsync());
        Assert.Equal(HttpStatusCode.OK, (await Harbor.ClientAs(name, "Again12345").GetAsync($"{Users}/current", Ct)).StatusCode);
    }

    [Fact]
    public async Task Administrators_make_administrators()
    {
        var id = await Harbor.UserAsync(name);
        var self = Harbor.ClientAs(name, People.Password);
        var path = $"{Users}/{id}/sysadmin";

        Assert.Equal($"403 FORBIDDEN {name}", await self.PutAsJsonAsync(path, new { sysadmin_flag = true }, Ct).ToldAsync());
        Assert.Equal("401 UNAUTHORIZED unauthorized", await Harbor.Anonymous.PutAsJsonAsync(path, new { sysadmin_flag = true }, Ct).ToldAsync());
        Assert.Equal("404 NOT_FOUND user 999999 not found", await Harbor.Admin.PutAsJsonAsync($"{Users}/999999/sysadmin", new { sysadmin_flag = true }, Ct).ToldAsync());

        Assert.Equal("200", await Harbor.Admin.PutAsJsonAsync(path, new { sysadmin_flag = true }, Ct).ToldAsync());
        Assert.Equal(HttpStatusCode.OK, (await self.GetAsync(Users, Ct)).StatusCode);
        Assert.Equal("200", await Harbor.Admin.PutAsJsonAsync(path, new { sysadmin_flag = false }, Ct).ToldAsync());
        Assert.Equal($"403 FORBIDDEN {name}", await self.GetAsync(Users, Ct).ToldAsync());
    }

    [Fact]
    public async Task A_deleted_users_name_is_free_and_his_memberships_are_gone()
    {
        var project = await Harbor.ProjectAsync();
        var id = await Harbor.UserAsync(name);
        await Harbor.MemberAsync(project, name, 2);

        Assert.Equal("403 FORBIDDEN ordinary", await Ordinary.DeleteAsync($"{Users}/{id}", Ct).ToldAsync());
        Assert.Equal("401 UNAUTHORIZED unauthorized", await Harbor.Anonymous.DeleteAsync($"{Users}/{id}", Ct).ToldAsync());
        Assert.Equal("200", await Harbor.Admin.DeleteAsync($"{Users}/{id}", Ct).ToldAsync());
        Assert.Equal($"404 NOT_FOUND user {id} not found", await Harbor.Admin.DeleteAsync($"{Users}/{id}", Ct).ToldAsync());
        Assert.Equal($"404 NOT_FOUND user {id} not found", await Harbor.Admin.GetAsync($"{Users}/{id}", Ct).ToldAsync());

        Assert.Equal(0L, await Harbor.Database.QueryAsync($"SELECT count(*) FROM project_member WHERE entity_id = {id}"));
        Assert.Equal($"{name}#{id} {name}@example.com#{id}", await Harbor.Database.QueryAsync($"SELECT username || ' ' || email FROM harbor_user WHERE id = {id}"));
        Assert.NotEqual(id, await Harbor.UserAsync(name));
        Assert.Equal(HttpStatusCode.Forbidden, (await Harbor.ClientAs(name, People.Password).GetAsync($"/api/v2.0/projects/{project}/members", Ct)).StatusCode);
    }

    [Fact]
    public async Task Where_the_deleted_are_to_be_forgotten_nothing_of_their_names_is_left()
    {
        await using var harbor = await TestHarbor.StartAsync(new TestHarborOptions { ForgetDeletedUsers = true });
        var id = await harbor.UserAsync("ann");
        using var deleted = await harbor.Admin.DeleteAsync($"{Users}/{id}", Ct);

        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.Matches($"^[0-9a-f]{{8}}#{id} [0-9a-f]{{8}}#{id} [0-9a-f]{{8}}#{id}$", (string?)await harbor.Database.QueryAsync(
            $"SELECT username || ' ' || email || ' ' || realname FROM harbor_user WHERE id = {id}"));
    }

    [Theory]
    [InlineData("0", 404)]
    [InlineData("-1", 404)]
    [InlineData("2", 404)]
    [InlineData("9223372036854775807", 404)]
    [InlineData("9223372036854775808", 422)]
    [InlineData("-9223372036854775809", 422)]
    [InlineData("1.0", 422)]
    [InlineData("0x1", 422)]
    [InlineData("%20", 422)]
    [InlineData("%00", 400)]
    [InlineData("١", 422)]
    public async Task Ids_that_no_user_has_are_answered_in_kind_by_every_operation(string id, int status)
    {
        foreach (var (method, path, body) in ((HttpMethod, string, object?)[])
            [
                (HttpMethod.Get, "", null), (HttpMethod.Delete, "", null), (HttpMethod.Put, "", new { email = "x@example.com", realname = "x" }),
                (HttpMethod.Put, "/password", new { new_password = "Changed12345" }), (HttpMethod.Put, "/sysadmin", new { sysadmin_flag = true }),
            ])
        {
            using var answer = await Api.ApiClient.CallAsync(Harbor.Admin, method, $"{Users}/{id}{path}", body);
            var told = await answer.ToldAsync();
            Assert.True((int)answer.StatusCode == status, $"{method} {id}{path}: {told}");
            using var refused = await Api.ApiClient.CallAsync(Ordinary, method, $"{Users}/{id}{path}", body);
            Assert.Contains((int)refused.StatusCode, (int[])[400, 403, 422]);
        }
    }

    [Fact]
    public async Task Nobody_deletes_himself_or_the_built_in_administrator()
    {
        var id = await Harbor.UserAsync(name);
        using var raised = await Harbor.Admin.PutAsJsonAsync($"{Users}/{id}/sysadmin", new { sysadmin_flag = true }, Ct);
        var self = Harbor.ClientAs(name, People.Password);

        Assert.StartsWith("403 FORBIDDEN", await self.DeleteAsync($"{Users}/{id}", Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("403 FORBIDDEN", await self.DeleteAsync($"{Users}/1", Ct).ToldAsync(), StringComparison.Ordinal);
        Assert.StartsWith("403 FORBIDDEN", await Harbor.Admin.DeleteAsync($"{Users}/1", Ct).ToldAsync(), StringComparison.Ordinal);
    }
}
